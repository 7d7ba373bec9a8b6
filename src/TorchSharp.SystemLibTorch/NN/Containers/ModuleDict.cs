using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Utils;

namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>Modules by name, in the order they were added.</summary>
        public class ModuleDict<T> : nn.Module, IDictionary<string, T>, IList<(string, T)> where T : nn.Module
        {
            private readonly OrderedDict<string, T> dict = new();

            public ModuleDict() : base("ModuleDict") { }

            public (string, T) this[int index]
            {
                get => dict[index];
                set => Change(() => dict[index] = value);
            }

            public T this[string key]
            {
                get => dict[key];
                set => Change(() => dict[key] = value);
            }

            public bool IsReadOnly => false;

            public int Count => dict.Count;

            public ICollection<string> Keys => dict.Keys;

            public ICollection<T> Values => dict.Values;

            public IEnumerable<string> keys() => dict.Keys;

            public IEnumerable<T> values() => dict.Values;

            public IEnumerator<(string, T)> items() => dict.GetEnumerator();

            protected override void RegisterComponents()
            {
                // The modules were registered as they were added.
            }

            public void Add(string key, T value) => Change(() => dict.Add(key, value));

            public void Add((string, T) item) => Add(item.Item1, item.Item2);

            public void Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);

            public void Insert(int index, (string, T) item) => Change(() => dict.Insert(index, item));

            public bool Remove(string key)
            {
                var removed = false;
                Change(() => removed = dict.Remove(key));
                return removed;
            }

            public bool Remove((string, T) item) => Contains(item) && Remove(item.Item1);

            public bool Remove(KeyValuePair<string, T> item) => Remove((item.Key, item.Value));

            public void RemoveAt(int index) => Change(() => dict.RemoveAt(index));

            public void Clear() => Change(dict.Clear);

            public void clear() => Clear();

            public bool ContainsKey(string key) => dict.ContainsKey(key);

            public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => dict.TryGetValue(key, out value);

            public bool Contains((string, T) item) => dict.Contains(item);

            public bool Contains(KeyValuePair<string, T> item) => dict.Contains(item);

            public int IndexOf((string, T) item) => dict.IndexOf(item);

            public void CopyTo((string, T)[] array, int arrayIndex) => dict.CopyTo(array, arrayIndex);

            public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) => dict.CopyTo(array, arrayIndex);

            public IEnumerator<(string, T)> GetEnumerator() => dict.GetEnumerator();

            IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() =>
                ((IEnumerable<KeyValuePair<string, T>>)dict).GetEnumerator();

            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

            private void Change(Action change)
            {
                change();
                ClearModules();
                foreach (var (key, module) in dict) register_module(key, module);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ModuleDict<Module> ModuleDict(params (string, Module)[] modules) => ModuleDict<Module>(modules);

            public static Modules.ModuleDict<T> ModuleDict<T>(params (string, T)[] modules) where T : Module
            {
                var dict = new Modules.ModuleDict<T>();
                foreach (var (key, module) in modules) dict.Add(key, module);
                return dict;
            }
        }
    }
}
