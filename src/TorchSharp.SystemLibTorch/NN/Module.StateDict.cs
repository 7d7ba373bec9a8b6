namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public partial class Module
            {
                /// <summary>Parameters and persistent buffers by their dotted names. The tensors are the module's own, not copies.</summary>
                public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor> destination = null, string prefix = null)
                {
                    destination ??= [];
                    string Key(string key) => string.IsNullOrEmpty(prefix) ? key : $"{prefix}.{key}";

                    foreach (var (parameter_name, parameter) in named_parameters()) destination.TryAdd(Key(parameter_name), parameter);
                    foreach (var (buffer_name, buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(Key(buffer_name), buffer);

                    // A tensor shared by two modules appears once above; here it gets its other names.
                    foreach (var (child_name, child) in named_children()) child.state_dict(destination, Key(child_name));
                    return destination;
                }

                /// <summary>
                /// Copies values into the parameters and buffers. A wrong shape, and if <paramref name="strict"/> a missing or unexpected key,
                /// is an error that lists every mismatch and leaves the module as it was.
                /// </summary>
                public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                    Dictionary<string, Tensor> source, bool strict = true, IList<string> skip = null)
                {
                    skip ??= [];
                    var destination = state_dict();
                    var unexpected = source.Keys.Where(key => !skip.Contains(key) && !destination.ContainsKey(key)).ToList();
                    var missing = destination.Keys.Where(key => !skip.Contains(key) && !source.ContainsKey(key)).ToList();

                    var problems = new List<string>();
                    if (strict) problems.AddRange(missing.Select(key => $"missing key '{key}'"));
                    if (strict) problems.AddRange(unexpected.Select(key => $"unexpected key '{key}'"));

                    foreach (var (key, tensor) in source)
                    {
                        if (skip.Contains(key) || !destination.TryGetValue(key, out var target)) continue;
                        if (!target.shape.SequenceEqual(tensor.shape))
                            problems.Add($"'{key}' has shape [{string.Join(", ", tensor.shape)}], expected [{string.Join(", ", target.shape)}]");
                    }

                    if (problems.Count > 0)
                    {
                        throw new InvalidOperationException(
                            $"The loaded state_dict does not fit {GetName()}:{Environment.NewLine}  {string.Join($"{Environment.NewLine}  ", problems)}");
                    }

                    using (no_grad())
                    {
                        foreach (var (key, tensor) in source)
                        {
                            if (!skip.Contains(key) && destination.TryGetValue(key, out var target)) target.copy_(tensor);
                        }
                    }

                    return (missing, unexpected);
                }
            }
        }
    }
}
