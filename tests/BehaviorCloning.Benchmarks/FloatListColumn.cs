using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace BehaviorCloning.Benchmarks;

/// <summary>
/// Reads a column of float lists from a Parquet file: Snappy, dictionary or plain pages of version 1, no nulls. Enough for the recordings
/// that the FAST table is made of, and no more.
/// </summary>
internal static class FloatListColumn
{
    /// <summary>All values of a column, row after row.</summary>
    public static float[] Read(string path, string column)
    {
        byte[] file = File.ReadAllBytes(path);
        int footer = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8));
        Dictionary<int, object> metadata = new Compact(file, file.Length - 8 - footer).Struct();
        List<float> values = [];
        foreach (Dictionary<int, object> group in List(metadata[4]))
        {
            foreach (Dictionary<int, object> chunk in List(group[1]).Select(c => (Dictionary<int, object>)c[3]).Where(c => Name(c) == column))
            {
                if ((long)chunk[4] != 1) throw new NotSupportedException($"'{path}': column '{column}' is compressed with codec {chunk[4]}; only Snappy (1) is read here.");
                ReadChunk(file, chunk, values);
            }
        }

        return values.Count > 0 ? [.. values] : throw new InvalidDataException($"'{path}' has no values of a column '{column}'.");
    }

    private static void ReadChunk(byte[] file, Dictionary<int, object> chunk, List<float> values)
    {
        float[] dictionary = [];
        long left = (long)chunk[5];
        int position = (int)(chunk.TryGetValue(11, out object? at) ? (long)at : (long)chunk[9]);
        while (left > 0)
        {
            var reader = new Compact(file, position);
            Dictionary<int, object> header = reader.Struct();
            int size = (int)(long)header[3];
            byte[] page = Snappy(file.AsSpan(reader.Position, size));
            position = reader.Position + size;
            if ((long)header[1] == 2)
            {
                dictionary = MemoryMarshal.Cast<byte, float>(page).ToArray();
                continue;
            }

            var description = (Dictionary<int, object>)header[5];
            int count = (int)(long)description[1];
            left -= count;
            // Repetition and definition levels: every row is a list of the same length without nulls.
            int start = 4 + BinaryPrimitives.ReadInt32LittleEndian(page);
            start += 4 + BinaryPrimitives.ReadInt32LittleEndian(page.AsSpan(start));
            if ((long)description[2] == 0) values.AddRange(MemoryMarshal.Cast<byte, float>(page.AsSpan(start))[..count]);
            else values.AddRange(Indices(page.AsSpan(start), count).Select(i => dictionary[i]));
        }
    }

    // Runs of one value, and groups of eight bit-packed ones.
    private static int[] Indices(ReadOnlySpan<byte> data, int count)
    {
        int width = data[0], position = 1;
        int[] indices = new int[count];
        for (int filled = 0; filled < count;)
        {
            int header = 0, shift = 0;
            byte b;
            do
            {
                b = data[position++];
                header |= (b & 0x7F) << shift;
                shift += 7;
            }
            while (b >= 0x80);

            if ((header & 1) == 0)
            {
                int value = 0;
                for (int i = 0; i < (width + 7) / 8; i++) value |= data[position++] << (8 * i);
                int run = Math.Min(header >> 1, count - filled);
                indices.AsSpan(filled, run).Fill(value);
                filled += run;
                continue;
            }

            int packed = (header >> 1) * 8;
            for (int i = 0; i < packed && filled < count; i++)
            {
                int value = 0;
                for (int bit = 0; bit < width; bit++)
                {
                    int place = (i * width) + bit;
                    value |= ((data[position + (place >> 3)] >> (place & 7)) & 1) << bit;
                }

                indices[filled++] = value;
            }

            position += packed * width / 8;
        }

        return indices;
    }

    private static byte[] Snappy(ReadOnlySpan<byte> data)
    {
        int position = 0, length = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = data[position++];
            length |= (b & 0x7F) << shift;
            if (b < 0x80) break;
        }

        byte[] output = new byte[length];
        for (int written = 0; written < length;)
        {
            int tag = data[position++], kind = tag & 3, count, offset;
            if (kind == 0)
            {
                count = (tag >> 2) + 1;
                int extra = count - 60;
                if (extra > 0)
                {
                    count = 0;
                    for (int i = 0; i < extra; i++) count |= data[position++] << (8 * i);
                    count++;
                }

                data.Slice(position, count).CopyTo(output.AsSpan(written));
                position += count;
                written += count;
                continue;
            }

            count = kind == 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
            offset = kind == 1 ? ((tag >> 5) << 8) | data[position++] : 0;
            for (int i = 0; kind > 1 && i < (kind == 2 ? 2 : 4); i++) offset |= data[position++] << (8 * i);
            // Copies may overlap themselves: byte by byte.
            for (int i = 0; i < count; i++, written++) output[written] = output[written - offset];
        }

        return output;
    }

    private static string Name(Dictionary<int, object> chunk) => Encoding.UTF8.GetString((byte[])((List<object>)chunk[3])[0]);

    private static IEnumerable<Dictionary<int, object>> List(object value) => ((List<object>)value).Cast<Dictionary<int, object>>();

    /// <summary>Thrift's compact protocol, into dictionaries by field id.</summary>
    private sealed class Compact(byte[] data, int start)
    {
        private int position = start;

        public int Position => position;

        public Dictionary<int, object> Struct()
        {
            var fields = new Dictionary<int, object>();
            for (int field = 0; data[position] != 0;)
            {
                int header = data[position++];
                field = header >> 4 == 0 ? (int)Integer() : field + (header >> 4);
                fields[field] = Value(header & 15);
            }

            position++;
            return fields;
        }

        private object Value(int type)
        {
            switch (type)
            {
                case 1 or 2: return type == 1;
                case 3: return (long)data[position++];
                case 4 or 5 or 6: return Integer();
                case 7:
                    position += 8;
                    return BinaryPrimitives.ReadDoubleLittleEndian(data.AsSpan(position - 8));
                case 8:
                    int length = (int)Unsigned();
                    position += length;
                    return data.AsSpan(position - length, length).ToArray();
                case 9 or 10:
                    int header = data[position++], count = header >> 4 == 15 ? (int)Unsigned() : header >> 4;
                    return Enumerable.Range(0, count).Select(_ => Value(header & 15)).ToList();
                case 12: return Struct();
                default: throw new InvalidDataException($"Thrift type {type} was not expected in a Parquet file.");
            }
        }

        private long Integer() => (long)Unsigned() is var n ? (n >> 1) ^ -(n & 1) : 0;

        private ulong Unsigned()
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte b = data[position++];
                value |= (ulong)(b & 0x7F) << shift;
                if (b < 0x80) return value;
            }
        }
    }
}
