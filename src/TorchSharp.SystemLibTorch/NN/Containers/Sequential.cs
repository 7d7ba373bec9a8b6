using System.Runtime.CompilerServices;

namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Modules called one after another. Results in between are disposed as soon as the next module has used them.</summary>
        public class Sequential : nn.Module<Tensor, Tensor>
        {
            private readonly List<nn.IModule<Tensor, Tensor>> steps = [];

            internal Sequential() : base(nameof(Sequential)) { }

            protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : this()
            {
                foreach (var (name, module) in modules) append(name, module);
            }

            protected Sequential(params nn.Module<Tensor, Tensor>[] modules) : this()
            {
                foreach (var module in modules) append(module);
            }

            public int Count => steps.Count;

            [IndexerName("SequentialItems")]
            public nn.IModule<Tensor, Tensor> this[int index] => steps[index];

            [IndexerName("SequentialItems")]
            public Sequential this[(int? start, int? end) index]
            {
                get
                {
                    var start = index.start ?? 0;
                    var end = index.end ?? Count;
                    if (start < 0 || start > Count) throw new IndexOutOfRangeException($"{start} is not a valid index.");
                    if (end < 0 || end > Count) throw new IndexOutOfRangeException($"{end} is not a valid index.");

                    var slice = new Sequential();
                    var names = named_children().Select(child => child.name).ToList();
                    for (var i = start; i < end; i++) slice.append(names[i], steps[i]);
                    return slice;
                }
            }

            [IndexerName("SequentialItems")]
            public Sequential this[Range index] => this[(index.Start.GetOffset(Count), index.End.GetOffset(Count))];

            public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
            {
                register_module(name, (nn.Module)module);
                steps.Add(module);
                return this;
            }

            public Sequential append(nn.IModule<Tensor, Tensor> module) => append(Count.ToString(), module);

            public override Tensor forward(Tensor tensor)
            {
                var current = tensor;

                foreach (var step in steps)
                {
                    var next = step.call(current);
                    if (!ReferenceEquals(current, tensor) && !ReferenceEquals(current, next)) current.Dispose();
                    current = next;
                }

                return ReferenceEquals(current, tensor) ? tensor.alias() : current;
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Sequential Sequential() => new();

            public static Modules.Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) =>
                Sequential((IEnumerable<(string, Module<Tensor, Tensor>)>)modules);

            public static Modules.Sequential Sequential(params Module<Tensor, Tensor>[] modules) =>
                Sequential((IEnumerable<Module<Tensor, Tensor>>)modules);

            public static Modules.Sequential Sequential(params Tuple<string, Module<Tensor, Tensor>>[] modules) =>
                Sequential((IEnumerable<Tuple<string, Module<Tensor, Tensor>>>)modules);

            public static Modules.Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules)
            {
                var sequential = new Modules.Sequential();
                foreach (var (name, module) in modules) sequential.append(name, module);
                return sequential;
            }

            public static Modules.Sequential Sequential(IEnumerable<Tuple<string, Module<Tensor, Tensor>>> modules) =>
                Sequential(modules.Select(module => (module.Item1, module.Item2)));

            public static Modules.Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules)
            {
                var sequential = new Modules.Sequential();
                foreach (var module in modules) sequential.append(module);
                return sequential;
            }
        }
    }
}
