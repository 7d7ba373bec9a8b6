using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BehaviorCloning.Policies;

/// <summary>
/// Configuration records as JSON, strictly: an unknown name, a missing value, a wrong type is an error that says where and what
/// would be right, and all errors are reported at once.
/// </summary>
/// <remarks>
/// <para>Where a property may hold one of several records (a head, an encoder, a normalization), the object's <c>"kind"</c> says which:
/// the record's name without "Config". Records are found by reflection in every loaded assembly that uses this library, so a new
/// one needs no registration. Names are camelCase; what is left out keeps its default.</para>
/// <code>
/// { "kind": "FlowMatchingHead", "samplingSteps": 10, "denoiser": { "kind": "ResidualMlpDenoiser", "width": 256 } }
/// </code>
/// </remarks>
public static class ConfigJson
{
    private const string Kind = "kind";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes a record.</summary>
    public static string Write<T>(T config)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(config);
        return ToNode(config, typeof(T))!.ToJsonString(Indented);
    }

    /// <summary>Reads a record.</summary>
    /// <exception cref="FormatException">The text is not JSON, or does not describe such a record; the message lists every fault.</exception>
    public static T Read<T>(string json)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(json);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new FormatException($"This is not JSON: {e.Message}", e);
        }

        using (document)
        {
            List<string> faults = [];
            object? value = FromElement(document.RootElement, typeof(T), allowsNull: false, "$", faults);
            if (faults.Count > 0) throw new FormatException($"The configuration has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}: {string.Join(" ", faults)}");
            return (T)value!;
        }
    }

    /// <summary>The name by which JSON knows a record.</summary>
    public static string KindOf(Type record)
    {
        ArgumentNullException.ThrowIfNull(record);
        const string Suffix = "Config";
        return record.Name.EndsWith(Suffix, StringComparison.Ordinal) ? record.Name[..^Suffix.Length] : record.Name;
    }

    /// <summary>Every record that a property of this type may hold, by its name in JSON.</summary>
    public static IReadOnlyDictionary<string, Type> KindsOf(Type abstractRecord)
    {
        ArgumentNullException.ThrowIfNull(abstractRecord);
        var kinds = new SortedDictionary<string, Type>(StringComparer.Ordinal);
        foreach (Type type in AppDomain.CurrentDomain.GetAssemblies().Where(UsesThisLibrary).SelectMany(TypesOf).Where(t => !t.IsAbstract && !t.IsGenericType && abstractRecord.IsAssignableFrom(t)))
        {
            if (!kinds.TryAdd(KindOf(type), type))
                throw new InvalidOperationException($"{type.FullName} and {kinds[KindOf(type)].FullName} are both called '{KindOf(type)}' in JSON. Rename one.");
        }

        return kinds;
    }

    private static bool UsesThisLibrary(Assembly assembly)
    {
        string library = typeof(Observation).Assembly.GetName().Name!;
        return !assembly.IsDynamic && (assembly.GetName().Name == library || assembly.GetReferencedAssemblies().Any(reference => reference.Name == library));
    }

    private static Type[] TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return [.. e.Types.OfType<Type>()];
        }
    }

    private static JsonNode? ToNode(object? value, Type declared)
    {
        switch (value)
        {
            case null: return null;
            case string text: return text;
            case bool flag: return flag;
            case Enum name: return name.ToString();
            case int or long: return JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture));
            case float number: return float.IsFinite(number) ? JsonValue.Create(number) : throw NotFinite(number);
            case double number: return double.IsFinite(number) ? JsonValue.Create(number) : throw NotFinite(number);
        }

        if (DictionaryValue(declared) is { } valueType)
        {
            var entries = new JsonObject();
            foreach (object entry in (IEnumerable)value)
            {
                Type pair = entry.GetType();
                entries[(string)pair.GetProperty("Key")!.GetValue(entry)!] = ToNode(pair.GetProperty("Value")!.GetValue(entry), valueType);
            }

            return entries;
        }

        if (ListItem(declared) is { } itemType)
        {
            var items = new JsonArray();
            foreach (object? item in (IEnumerable)value) items.Add(ToNode(item, itemType));
            return items;
        }

        RequireRecord(value.GetType());
        var node = new JsonObject();
        if (declared.IsAbstract) node[Kind] = KindOf(value.GetType());
        foreach (PropertyInfo property in PropertiesOf(value.GetType()))
        {
            // A null is what leaving the name out means.
            if (property.GetValue(value) is { } content) node[JsonName(property)] = ToNode(content, property.PropertyType);
        }

        return node;
    }

    private static object? FromElement(JsonElement element, Type type, bool allowsNull, string path, List<string> faults)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) (type, allowsNull) = (underlying, true);
        if (element.ValueKind == JsonValueKind.Null)
        {
            if (!allowsNull) faults.Add($"{path} is null; expected {Describe(type)}.");
            return null;
        }

        if (type == typeof(string)) return element.ValueKind == JsonValueKind.String ? element.GetString() : Wrong();
        if (type == typeof(bool)) return element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetBoolean() : Wrong();
        if (type.IsEnum)
        {
            return element.ValueKind == JsonValueKind.String && Enum.GetNames(type).Contains(element.GetString()!, StringComparer.Ordinal)
                ? Enum.Parse(type, element.GetString()!)
                : Wrong();
        }

        bool isNumber = element.ValueKind == JsonValueKind.Number;
        if (type == typeof(int)) return isNumber && element.TryGetInt32(out int i) ? i : Wrong();
        if (type == typeof(long)) return isNumber && element.TryGetInt64(out long l) ? l : Wrong();
        if (type == typeof(float)) return isNumber && element.TryGetSingle(out float f) && float.IsFinite(f) ? f : Wrong();
        if (type == typeof(double)) return isNumber && element.TryGetDouble(out double d) && double.IsFinite(d) ? d : Wrong();
        if (DictionaryValue(type) is { } valueType) return element.ValueKind == JsonValueKind.Object ? ReadDictionary(element, valueType, path, faults) : Wrong();
        if (ListItem(type) is { } itemType) return element.ValueKind == JsonValueKind.Array ? ReadList(element, itemType, path, faults) : Wrong();
        return element.ValueKind == JsonValueKind.Object ? ReadRecord(element, type, path, faults) : Wrong();

        object? Wrong()
        {
            string text = element.GetRawText();
            faults.Add($"{path} is {(text.Length > 40 ? text[..40] + "..." : text)}; expected {Describe(type)}.");
            return null;
        }
    }

    private static object? ReadRecord(JsonElement element, Type declared, string path, List<string> faults)
    {
        Type type = declared;
        if (declared.IsAbstract)
        {
            IReadOnlyDictionary<string, Type> kinds = KindsOf(declared);
            string known = string.Join(", ", kinds.Keys);
            if (!element.TryGetProperty(Kind, out JsonElement kind) || kind.ValueKind != JsonValueKind.String)
            {
                faults.Add($"{path} does not say which {KindOf(declared)} it is. Add \"{Kind}\", one of: {known}.");
                return null;
            }

            if (!kinds.TryGetValue(kind.GetString()!, out type!))
            {
                faults.Add($"{path}.{Kind} is '{kind.GetString()}', which is no {KindOf(declared)}. There are: {known}. (One of your own is found once its assembly is loaded.)");
                return null;
            }
        }

        RequireRecord(type);
        PropertyInfo[] properties = PropertiesOf(type);
        var values = new Dictionary<PropertyInfo, object?>();
        int before = faults.Count;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!seen.Add(member.Name)) faults.Add($"{path}.{member.Name} is there twice.");
            if (declared.IsAbstract && member.NameEquals(Kind)) continue;
            PropertyInfo? property = Array.Find(properties, p => JsonName(p) == member.Name);
            if (property is null)
                faults.Add($"{path}.{member.Name} is unknown to {KindOf(type)}. It has: {(properties.Length == 0 ? "no options" : string.Join(", ", properties.Select(JsonName)))}.");
            else
                values[property] = FromElement(member.Value, property.PropertyType, AllowsNull(property), $"{path}.{member.Name}", faults);
        }

        ParameterInfo[] parameters = ConstructorOf(type).GetParameters();
        object?[] arguments = new object?[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            PropertyInfo property = PropertyOf(type, parameters[i]);
            if (values.Remove(property, out object? value)) arguments[i] = value;
            else if (parameters[i].HasDefaultValue) arguments[i] = parameters[i].DefaultValue;
            else if (AllowsNull(property)) arguments[i] = null;
            else faults.Add($"{path}.{JsonName(property)} is missing; expected {Describe(property.PropertyType)}.");
        }

        foreach (PropertyInfo property in properties.Where(p => p.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute)) && !AllowsNull(p) && !seen.Contains(JsonName(p))))
            faults.Add($"{path}.{JsonName(property)} is missing; expected {Describe(property.PropertyType)}.");
        if (faults.Count > before) return null;

        try
        {
            object record = ConstructorOf(type).Invoke(arguments);
            foreach ((PropertyInfo property, object? value) in values) property.SetValue(record, value);
            return record;
        }
        catch (TargetInvocationException e) when (e.InnerException is ArgumentException argument)
        {
            faults.Add($"{path}: {argument.Message}");
            return null;
        }
    }

    private static IDictionary ReadDictionary(JsonElement element, Type valueType, string path, List<string> faults)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType))!;
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (dictionary.Contains(member.Name)) faults.Add($"{path}.{member.Name} is there twice.");
            dictionary[member.Name] = FromElement(member.Value, valueType, allowsNull: false, $"{path}.{member.Name}", faults);
        }

        return dictionary;
    }

    private static Array ReadList(JsonElement element, Type itemType, string path, List<string> faults)
    {
        var items = Array.CreateInstance(itemType, element.GetArrayLength());
        int index = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            if (FromElement(item, itemType, allowsNull: false, $"{path}[{index}]", faults) is { } value) items.SetValue(value, index);
            index++;
        }

        return items;
    }

    // What can be given: init properties, and those that the constructor sets.
    private static PropertyInfo[] PropertiesOf(Type type)
    {
        string[] parameters = [.. ConstructorOf(type).GetParameters().Select(p => p.Name!)];
        return [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0 && p.GetMethod is not null
                && (p.SetMethod is { IsPublic: true } || parameters.Contains(p.Name, StringComparer.OrdinalIgnoreCase)))];
    }

    private static PropertyInfo PropertyOf(Type type, ParameterInfo parameter) =>
        Array.Find(PropertiesOf(type), p => string.Equals(p.Name, parameter.Name, StringComparison.OrdinalIgnoreCase))
        ?? throw new NotSupportedException($"{type.Name}'s constructor takes '{parameter.Name}', which no property shows: it cannot be written as JSON.");

    private static ConstructorInfo ConstructorOf(Type type) =>
        type.GetConstructors().MinBy(c => c.GetParameters().Length)
        ?? throw new NotSupportedException($"{type.Name} has no public constructor: it cannot be a configuration.");

    private static void RequireRecord(Type type)
    {
        // Every record, and nothing else, has this method.
        if (type.GetMethod("<Clone>$") is null)
            throw new NotSupportedException($"{type.Name} is not a record: a configuration holds records, lists and dictionaries of them, text, numbers, booleans and enumerations.");
    }

    private static bool AllowsNull(PropertyInfo property) => new NullabilityInfoContext().Create(property).WriteState != NullabilityState.NotNull;

    private static Type? ListItem(Type type) => type.IsArray ? type.GetElementType() : ArgumentOf(type, typeof(IReadOnlyList<>), 0);

    private static Type? DictionaryValue(Type type) => ArgumentOf(type, typeof(IReadOnlyDictionary<,>), 1);

    private static Type? ArgumentOf(Type type, Type generic, int argument) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments()[argument] : null;

    private static string JsonName(PropertyInfo property) => char.ToLowerInvariant(property.Name[0]) + property.Name[1..];

    private static string Describe(Type type) => type switch
    {
        _ when type == typeof(string) => "text",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(float) || type == typeof(double) => "a number",
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when ListItem(type) is { } item => $"a list, each {Describe(item)}",
        _ when DictionaryValue(type) is { } value => $"an object with names of your own, each {Describe(value)}",
        _ => $"an object describing a {KindOf(type)}",
    };

    private static NotSupportedException NotFinite(double number) => new($"{number} cannot be written as JSON; a configuration's numbers must be finite.");
}
