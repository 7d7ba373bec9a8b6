using System.Collections;

namespace TorchSharp
{
    namespace Modules
    {
        using static TorchSharp.torch;

        /// <summary>A list of modules, registered under their indices.</summary>
        public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
        {
            private readonly List<T> list = [];

            public ModuleList(params T[] modules) : base("ModuleList") => extend(modules);

            public T this[int index]
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
                // The modules were registered as they were added.
            }

            public void Add(T item)
            {
                list.Add(item);
                Renumber();
            }

            public void append(params T[] parameters) => extend(parameters);

            public void extend(IEnumerable<T> modules)
            {
                list.AddRange(modules);
                Renumber();
            }

            public void Insert(int index, T item)
            {
                list.Insert(index, item);
                Renumber();
            }

            public bool Remove(T item)
            {
                var removed = list.Remove(item);
                Renumber();
                return removed;
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

            public bool Contains(T item) => list.Contains(item);

            public int IndexOf(T item) => list.IndexOf(item);

            public void CopyTo(T[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);

            public IEnumerator<T> GetEnumerator() => list.GetEnumerator();

            IEnumerator IEnumerable.GetEnumerator() => list.GetEnumerator();

            /// <summary>Keeps the registered names equal to the indices.</summary>
            private void Renumber()
            {
                ClearModules();
                for (var i = 0; i < list.Count; i++) register_module(i.ToString(), list[i]);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

            public static Modules.ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);
        }
    }
}
