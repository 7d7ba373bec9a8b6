using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>
            /// The base of all networks. A module owns the parameters, buffers and sub-modules registered with it, and disposes them.
            /// Call <see cref="RegisterComponents"/> at the end of the constructor: it registers every field that holds one of these.
            /// </summary>
            public partial class Module : IDisposable
            {
                protected string name;
                protected OrderedDict<string, Module> _internal_submodules = new();
                protected OrderedDict<string, Parameter> _internal_params = new();
                protected OrderedDict<string, (Tensor, bool)> _internal_buffers = new();

                private bool is_training = true;
                private bool is_disposed;

                protected Module(string name) => this.name = name;

                public virtual bool training => is_training;

                public virtual string GetName() => string.IsNullOrEmpty(name) ? GetType().Name : name;

                public virtual void train(bool train = true)
                {
                    is_training = train;
                    foreach (var (_, child) in named_children()) child.train(train);
                }

                public virtual void eval() => train(false);

                /// <summary>Calls a function with every sub-module, children first, and at last with this one.</summary>
                public virtual Module apply(Action<Module> fn)
                {
                    foreach (var (_, child) in named_children()) child.apply(fn);
                    fn(this);
                    return this;
                }

                public virtual void zero_grad(bool set_to_none = true)
                {
                    foreach (var (_, parameter) in named_parameters())
                    {
                        if (set_to_none)
                        {
                            parameter.grad = null;
                            continue;
                        }

                        using var grad = parameter.grad;
                        grad?.zero_();
                    }
                }

                public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

                public virtual IEnumerable<Module> children() => named_children().Select(child => child.module);

                /// <summary>All sub-modules at any depth, without this one: the children first, then each child's own.</summary>
                public virtual IEnumerable<(string name, Module module)> named_modules()
                {
                    foreach (var child in named_children()) yield return child;

                    foreach (var (child_name, child) in named_children())
                    {
                        foreach (var (module_name, module) in child.named_modules()) yield return ($"{child_name}.{module_name}", module);
                    }
                }

                public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

                /// <summary>The parameters in the order of registration, each once however often it is shared.</summary>
                public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
                {
                    var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);

                    foreach (var entry in _internal_params)
                    {
                        if (!entry.Item2.IsInvalid && seen.Add(entry.Item2)) yield return entry;
                    }

                    if (!recurse) yield break;

                    foreach (var (child_name, child) in named_children())
                    {
                        foreach (var (parameter_name, parameter) in child.named_parameters(true))
                        {
                            if (seen.Add(parameter)) yield return ($"{child_name}.{parameter_name}", parameter);
                        }
                    }
                }

                public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                    named_parameters(recurse).Select(entry => entry.parameter);

                protected virtual Parameter[] _parameters(bool recurse = true) => parameters(recurse).ToArray();

                protected virtual (string name, Parameter parameter)[] _named_parameters() => named_parameters(false).ToArray();

                protected virtual (string name, Tensor buffer)[] _named_buffers() => named_buffers(false).ToArray();

                public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
                {
                    var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);

                    foreach (var (buffer_name, (buffer, persistent)) in _internal_buffers)
                    {
                        if ((persistent || include_nonpersistent) && !buffer.IsInvalid && seen.Add(buffer)) yield return (buffer_name, buffer);
                    }

                    if (!recurse) yield break;

                    foreach (var (child_name, child) in named_children())
                    {
                        foreach (var (buffer_name, buffer) in child.named_buffers(true, include_nonpersistent))
                        {
                            if (seen.Add(buffer)) yield return ($"{child_name}.{buffer_name}", buffer);
                        }
                    }
                }

                public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                    named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

                public virtual bool has_parameter(string target) => get_parameter(target) is not null;

                public virtual bool has_buffer(string target) => get_buffer(target) is not null;

                public virtual Parameter get_parameter(string target) =>
                    _internal_params.TryGetValue(target, out var parameter) ? parameter
                    : FindChild(target, out var rest) is { } child ? child.get_parameter(rest)
                    : null;

                public virtual Tensor get_buffer(string target) =>
                    _internal_buffers.TryGetValue(target, out var buffer) ? buffer.Item1
                    : FindChild(target, out var rest) is { } child ? child.get_buffer(rest)
                    : null;

                private Module FindChild(string target, out string rest)
                {
                    var dot = target.IndexOf('.');
                    rest = dot < 0 ? null : target[(dot + 1)..];
                    if (dot < 0) return null;
                    var child_name = target[..dot];
                    return named_children().FirstOrDefault(child => child.name == child_name).module;
                }

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected virtual void Dispose(bool disposing)
                {
                    if (!disposing || is_disposed) return;
                    is_disposed = true;
                    foreach (var (_, (buffer, _)) in _internal_buffers) buffer.Dispose();
                    foreach (var (_, parameter) in _internal_params) parameter.Dispose();
                    foreach (var (_, child) in named_children()) child.Dispose();
                }
            }
        }
    }
}
