using System.Collections;

namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>A list of parameters, named by their index.</summary>
        public class ParameterList : nn.Module, IList<Parameter>
        {
            private readonly List<Parameter> list = [];

            public ParameterList(params Parameter[] parameters) : base(nameof(ParameterList)) => extend(parameters);

            public Parameter this[int index]
            {
                get => list[index];
                set
                {
                    list[index] = value;
                    Renumber();
                }
            }

            public int Count => list.Count;

            public bool IsReadOnly => false;

            protected override void RegisterComponents()
            {
                // The parameters were registered as they were added.
            }

            public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
                list.Select((parameter, index) => (index.ToString(), parameter));

            public override bool has_parameter(string target) => get_parameter(target) is not null;

            public override Parameter get_parameter(string target) =>
                int.TryParse(target, out var index) && index >= 0 && index < list.Count ? list[index] : null;

            public void Add(Parameter item) => extend([item]);

            public void append(params Parameter[] parameters) => extend(parameters);

            public void extend(IEnumerable<Parameter> parameters)
            {
                list.AddRange(parameters);
                Renumber();
            }

            public void Insert(int index, Parameter item)
            {
                list.Insert(index, item);
                Renumber();
            }

            public bool Remove(Parameter item)
            {
                var index = IndexOf(item);
                if (index >= 0) RemoveAt(index);
                return index >= 0;
            }

            public void RemoveAt(int index)
            {
                list.RemoveAt(index);
                Renumber();
            }

            public void Clear()
            {
                list.Clear();
                Renumber();
            }

            public bool Contains(Parameter item) => IndexOf(item) >= 0;

            public int IndexOf(Parameter item) => list.FindIndex(parameter => ReferenceEquals(parameter, item));

            public void CopyTo(Parameter[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);

            public IEnumerator<Parameter> GetEnumerator() => list.GetEnumerator();

            IEnumerator IEnumerable.GetEnumerator() => list.GetEnumerator();

            private void Renumber()
            {
                _internal_params.Clear();
                for (var i = 0; i < list.Count; i++) register_parameter(i.ToString(), list[i]);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ParameterList ParameterList(params Modules.Parameter[] parameters) => new(parameters);
        }
    }
}
