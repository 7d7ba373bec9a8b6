namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public partial class Module
            {
                /// <summary>Writes the state dictionary: the number of entries (LEB128), then each name and tensor.</summary>
                public Module save(string location, IList<string> skip = null)
                {
                    using var stream = File.Create(location);
                    return save(stream, skip);
                }

                public Module save(Stream stream, IList<string> skip = null)
                {
                    using var writer = new BinaryWriter(stream);
                    return save(writer, skip);
                }

                public Module save(BinaryWriter writer, IList<string> skip = null)
                {
                    save_state_dict(writer, state_dict(), skip);
                    return this;
                }

                public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string> skip = null)
                {
                    var entries = sd.Where(entry => skip is null || !skip.Contains(entry.Key)).ToList();
                    writer.Write7BitEncodedInt64(entries.Count);

                    foreach (var (key, tensor) in entries)
                    {
                        writer.Write(key);
                        writer.WriteTensor(tensor);
                    }
                }

                public virtual Module load(string location, bool strict = true, IList<string> skip = null, Dictionary<string, bool> loadedParameters = null)
                {
                    using var stream = File.OpenRead(location);
                    return load(stream, strict, skip, loadedParameters);
                }

                public Module load(Stream stream, bool strict = true, IList<string> skip = null, Dictionary<string, bool> loadedParameters = null)
                {
                    using var reader = new BinaryReader(stream);
                    return load(reader, strict, skip, loadedParameters);
                }

                public virtual Module load(BinaryReader reader, bool strict = true, IList<string> skip = null, Dictionary<string, bool> loadedParameters = null)
                {
                    var destination = state_dict();
                    var entries = reader.Read7BitEncodedInt64();
                    if (strict && entries != destination.Count)
                        throw new ArgumentException($"Mismatched state_dict sizes: expected {destination.Count}, but found {entries} entries.");

                    for (long i = 0; i < entries; i++)
                    {
                        var key = reader.ReadString();
                        var found = destination.TryGetValue(key, out var target);
                        if (!found && strict)
                            throw new ArgumentException($"Mismatched module state names: the target modules does not have a submodule or buffer named '{key}'");

                        reader.ReadTensor(found && skip?.Contains(key) != true ? target : null);
                        loadedParameters?.Add(key, found);
                    }

                    return this;
                }

                public static Module Create<T>(string path) where T : Module, new() => new T().load(path);
            }
        }
    }
}
