using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Parameters by name, in the order they were added.</summary>
        public class ParameterDict : nn.Module, IDictionary<string, Parameter>, IList<(string, Parameter)>
        {
            public ParameterDict() : base(nameof(ParameterDict)) { }

            public (string, Parameter) this[int index]
            {
                get => _internal_params[index];
                set => _internal_params[index] = value;
            }

            public Parameter this[string key]
            {
                get => _internal_params[key];
                set => _internal_params[key] = value;
            }

            public bool IsReadOnly => false;

            public int Count => _internal_params.Count;

            public ICollection<string> Keys => _internal_params.Keys;

            public ICollection<Parameter> Values => _internal_params.Values;

            public IEnumerable<string> keys() => Keys;

            public IEnumerable<Parameter> values() => Values;

            public IEnumerator<(string, Parameter)> items() => GetEnumerator();

            public void Add(string key, Parameter value) => register_parameter(key, value);

            public void Add((string, Parameter) item) => Add(item.Item1, item.Item2);

            public void Add(KeyValuePair<string, Parameter> item) => Add(item.Key, item.Value);

            public void Insert(int index, (string, Parameter) item) => _internal_params.Insert(index, item);

            public bool Remove(string key) => _internal_params.Remove(key);

            public bool Remove((string, Parameter) item) => Contains(item) && Remove(item.Item1);

            public bool Remove(KeyValuePair<string, Parameter> item) => Remove((item.Key, item.Value));

            public void RemoveAt(int index) => _internal_params.RemoveAt(index);

            public void Clear() => _internal_params.Clear();

            public void clear() => Clear();

            public bool ContainsKey(string key) => _internal_params.ContainsKey(key);

            public bool TryGetValue(string key, [MaybeNullWhen(false)] out Parameter value) => _internal_params.TryGetValue(key, out value);

            public bool Contains((string, Parameter) item) =>
                _internal_params.TryGetValue(item.Item1, out var parameter) && ReferenceEquals(parameter, item.Item2);

            public bool Contains(KeyValuePair<string, Parameter> item) => Contains((item.Key, item.Value));

            public int IndexOf((string, Parameter) item) => Contains(item) ? Keys.ToList().IndexOf(item.Item1) : -1;

            public void CopyTo((string, Parameter)[] array, int arrayIndex) => _internal_params.CopyTo(array, arrayIndex);

            public void CopyTo(KeyValuePair<string, Parameter>[] array, int arrayIndex) => _internal_params.CopyTo(array, arrayIndex);

            public IEnumerator<(string, Parameter)> GetEnumerator() => _internal_params.GetEnumerator();

            IEnumerator<KeyValuePair<string, Parameter>> IEnumerable<KeyValuePair<string, Parameter>>.GetEnumerator() =>
                ((IEnumerable<KeyValuePair<string, Parameter>>)_internal_params).GetEnumerator();

            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ParameterDict ParameterDict(params (string, Modules.Parameter)[] parameters)
            {
                var dict = new Modules.ParameterDict();
                foreach (var entry in parameters) dict.Add(entry);
                return dict;
            }
        }
    }
}
