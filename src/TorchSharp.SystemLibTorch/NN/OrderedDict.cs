using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Utils
{
    /// <summary>A dictionary that enumerates in the order of insertion, as Python's does.</summary>
    public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)>
    {
        private readonly List<(TKey Key, TValue Value)> entries = [];
        private readonly Dictionary<TKey, TValue> values_by_key = [];

        public int Count => entries.Count;

        public bool IsReadOnly => false;

        public ICollection<TKey> Keys => entries.ConvertAll(entry => entry.Key);

        public ICollection<TValue> Values => entries.ConvertAll(entry => entry.Value);

        public IEnumerable<TKey> keys() => Keys;

        public IEnumerable<TValue> values() => Values;

        public IEnumerator<(TKey, TValue)> items() => GetEnumerator();

        public (TKey, TValue) this[int index]
        {
            get => entries[index];
            set
            {
                if (!EqualityComparer<TKey>.Default.Equals(entries[index].Key, value.Item1))
                {
                    values_by_key.Add(value.Item1, value.Item2);
                    values_by_key.Remove(entries[index].Key);
                }

                values_by_key[value.Item1] = value.Item2;
                entries[index] = value;
            }
        }

        public TValue this[TKey key]
        {
            get => values_by_key[key];
            set
            {
                if (values_by_key.ContainsKey(key)) entries[IndexOfKey(key)] = (key, value);
                else entries.Add((key, value));
                values_by_key[key] = value;
            }
        }

        public void Add(TKey key, TValue value)
        {
            values_by_key.Add(key, value);
            entries.Add((key, value));
        }

        public void Add((TKey, TValue) item) => Add(item.Item1, item.Item2);

        public void Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

        public void Insert(int index, (TKey, TValue) item)
        {
            if ((uint)index > (uint)entries.Count) throw new ArgumentOutOfRangeException(nameof(index));
            values_by_key.Add(item.Item1, item.Item2);
            entries.Insert(index, item);
        }

        public bool Remove(TKey key)
        {
            if (!values_by_key.Remove(key)) return false;
            entries.RemoveAt(IndexOfKey(key));
            return true;
        }

        public bool Remove((TKey, TValue) item) => Contains(item) && Remove(item.Item1);

        public bool Remove(KeyValuePair<TKey, TValue> item) => Remove((item.Key, item.Value));

        public void RemoveAt(int index)
        {
            values_by_key.Remove(entries[index].Key);
            entries.RemoveAt(index);
        }

        public void Clear()
        {
            entries.Clear();
            values_by_key.Clear();
        }

        public void clear() => Clear();

        public bool ContainsKey(TKey key) => values_by_key.ContainsKey(key);

        public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => values_by_key.TryGetValue(key, out value);

        public bool Contains((TKey, TValue) item) =>
            values_by_key.TryGetValue(item.Item1, out var value) && EqualityComparer<TValue>.Default.Equals(value, item.Item2);

        public bool Contains(KeyValuePair<TKey, TValue> item) => Contains((item.Key, item.Value));

        public int IndexOf((TKey, TValue) item) => Contains(item) ? IndexOfKey(item.Item1) : -1;

        public void CopyTo((TKey, TValue)[] array, int arrayIndex) => entries.CopyTo(array, arrayIndex);

        public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex)
        {
            foreach (var (key, value) in entries) array[arrayIndex++] = new KeyValuePair<TKey, TValue>(key, value);
        }

        public IEnumerator<(TKey, TValue)> GetEnumerator() => entries.GetEnumerator();

        IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator()
        {
            foreach (var (key, value) in entries) yield return new KeyValuePair<TKey, TValue>(key, value);
        }

        IEnumerator IEnumerable.GetEnumerator() => entries.GetEnumerator();

        private int IndexOfKey(TKey key) => entries.FindIndex(entry => EqualityComparer<TKey>.Default.Equals(entry.Key, key));
    }
}
