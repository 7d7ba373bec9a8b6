using System.Text.Encodings.Web;
using System.Text.Json;

namespace BehaviorCloning.Actions;

/// <summary>A FAST tokenizer in Hugging Face's files: the vocabulary in <c>tokenizer.json</c>, the rest in <c>processor_config.json</c>.</summary>
internal static class FastTokenizerFiles
{
    private const string TokenizerFile = "tokenizer.json", ProcessorFile = "processor_config.json";
    private const long LargestFile = 256L << 20;

    // Control characters aside, tokens are written as they are, as Hugging Face does.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static (BytePairVocabulary Vocabulary, int MinToken, double Scale) Read(string folder)
    {
        using JsonDocument processor = Open(Path.Combine(folder, ProcessorFile));
        using JsonDocument tokenizer = Open(Path.Combine(folder, TokenizerFile));
        try
        {
            JsonElement model = tokenizer.RootElement.GetProperty("model");
            RefuseWhatIsNotDone(tokenizer.RootElement, model);
            string[] tokens = ReadTokens(model.GetProperty("vocab"));
            var ids = tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id, StringComparer.Ordinal);
            (int, int)[] merges = [.. model.GetProperty("merges").EnumerateArray().Select(merge => ReadMerge(merge, ids))];
            return (new BytePairVocabulary(tokens, merges), processor.RootElement.GetProperty("min_token").GetInt32(), processor.RootElement.GetProperty("scale").GetDouble());
        }
        catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"'{folder}' holds no FAST tokenizer: {fault.Message} Expected {TokenizerFile} with a byte-level BPE model and {ProcessorFile} with scale and min_token.", fault);
        }
    }

    public static void Write(string folder, FastTokenizer tokenizer)
    {
        AtomicFile.Write(Path.Combine(folder, TokenizerFile), stream => WriteTokenizer(stream, tokenizer.Vocabulary));
        AtomicFile.Write(Path.Combine(folder, ProcessorFile), stream => WriteProcessor(stream, tokenizer));
    }

    private static JsonDocument Open(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no '{path}'. A FAST tokenizer is a folder with {TokenizerFile} and {ProcessorFile}.", path);
        if (new FileInfo(path).Length is var length && length > LargestFile) throw new InvalidDataException($"'{path}' has {length} bytes; a tokenizer's file takes at most {LargestFile}. It is no tokenizer, or damaged.");
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"'{path}' is not JSON: {fault.Message} Copy it again.", fault);
        }
    }

    // Every setting that would change tokens and that this code does not know.
    private static void RefuseWhatIsNotDone(JsonElement root, JsonElement model)
    {
        List<string> faults = [];
        if (Text(model, "type") != "BPE") faults.Add($"The model is {Text(model, "type")}, not BPE.");
        foreach (string name in new[] { "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix" }) RequireNull(model, name);
        foreach (string name in new[] { "byte_fallback", "ignore_merges" }) RequireFalse(model, name);
        RequireNull(root, "normalizer");
        if (root.TryGetProperty("added_tokens", out JsonElement added) && added.GetArrayLength() > 0) faults.Add($"It has {added.GetArrayLength()} added tokens.");
        if (!root.TryGetProperty("pre_tokenizer", out JsonElement words) || Text(words, "type") != "ByteLevel") faults.Add("Its words are not cut by ByteLevel.");
        else
        {
            RequireFalse(words, "add_prefix_space");
            if (words.TryGetProperty("use_regex", out JsonElement regex) && !regex.GetBoolean()) faults.Add("'use_regex' is false.");
        }

        if (faults.Count > 0) throw new FormatException($"{string.Join(" ", faults)} These settings change the tokens and are not supported.");

        void RequireNull(JsonElement element, string name)
        {
            if (element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null && value.ToString().Length > 0) faults.Add($"'{name}' is {value}.");
        }

        void RequireFalse(JsonElement element, string name)
        {
            if (element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True) faults.Add($"'{name}' is true.");
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string[] ReadTokens(JsonElement vocabulary)
    {
        var entries = vocabulary.EnumerateObject().Select(entry => (Token: entry.Name, Id: entry.Value.GetInt32())).ToArray();
        string?[] tokens = new string?[entries.Length];
        foreach ((string token, int id) in entries)
        {
            if ((uint)id >= (uint)tokens.Length || tokens[id] is not null) throw new FormatException($"Token '{token}' has id {id}; the ids of {tokens.Length} tokens must be 0 .. {tokens.Length - 1}, each once.");
            tokens[id] = token;
        }

        return tokens!;
    }

    // ["a", "b"] since tokenizers 0.20, "a b" before.
    private static (int, int) ReadMerge(JsonElement merge, Dictionary<string, int> ids)
    {
        string[] parts = merge.ValueKind == JsonValueKind.Array ? [.. merge.EnumerateArray().Select(part => part.GetString()!)] : merge.GetString()!.Split(' ');
        return parts.Length == 2 && ids.TryGetValue(parts[0], out int left) && ids.TryGetValue(parts[1], out int right)
            ? (left, right)
            : throw new FormatException($"The merge {merge} does not join two tokens.");
    }

    private static void WriteTokenizer(Stream stream, BytePairVocabulary vocabulary)
    {
        using var json = new Utf8JsonWriter(stream, Indented);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        json.WriteEndArray();
        json.WriteNull("normalizer");
        WriteByteLevel("pre_tokenizer", addPrefixSpace: false, trimOffsets: true);
        WriteByteLevel("post_processor", addPrefixSpace: true, trimOffsets: false);
        WriteByteLevel("decoder", addPrefixSpace: true, trimOffsets: true);
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (string name in new[] { "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix" }) json.WriteNull(name);
        foreach (string name in new[] { "fuse_unk", "byte_fallback", "ignore_merges" }) json.WriteBoolean(name, false);
        json.WriteStartObject("vocab");
        for (int id = 0; id < vocabulary.Count; id++) json.WriteNumber(vocabulary.Tokens[id], id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((int left, int right) in vocabulary.Merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(vocabulary.Tokens[left]);
            json.WriteStringValue(vocabulary.Tokens[right]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();

        void WriteByteLevel(string name, bool addPrefixSpace, bool trimOffsets)
        {
            json.WriteStartObject(name);
            json.WriteString("type", "ByteLevel");
            json.WriteBoolean("add_prefix_space", addPrefixSpace);
            json.WriteBoolean("trim_offsets", trimOffsets);
            json.WriteBoolean("use_regex", true);
            json.WriteEndObject();
        }
    }

    private static void WriteProcessor(Stream stream, FastTokenizer tokenizer)
    {
        using var json = new Utf8JsonWriter(stream, Indented);
        json.WriteStartObject();
        json.WriteNull("action_dim");
        json.WriteNumber("min_token", tokenizer.MinToken);
        json.WriteString("processor_class", "UniversalActionProcessor");
        json.WriteNumber("scale", tokenizer.Scale);
        json.WriteNull("time_horizon");
        json.WriteNumber("vocab_size", tokenizer.Vocabulary.Count);
        json.WriteEndObject();
    }
}
