using System.Text.RegularExpressions;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;

namespace BehaviorCloning.Tests;

/// <summary>The house's rules that the compiler does not keep: see docs/architecture.md.</summary>
public sealed partial class HouseRulesTests
{
    // A floor uses only floors below it. Rooms of Core are all floor 1 and siblings.
    private static readonly Dictionary<string, int> Floors = new()
    {
        ["Engine"] = 2, ["Networks"] = 3, ["Normalization"] = 4, ["Encoders"] = 5, ["Heads"] = 6, ["Policies"] = 7, ["Training"] = 8, ["Dagger"] = 9, ["Sensing"] = 9,
    };

    private static readonly string Root = Repository.Root;

    [Fact]
    public void Every_room_of_the_learning_library_has_a_floor() =>
        Directory.GetDirectories(Source("BehaviorCloning")).Select(folder => Path.GetFileName(folder)!).Except(["bin", "obj"])
            .Should().BeSubsetOf(Floors.Keys);

    [Fact]
    public void A_floor_uses_only_floors_below_it()
    {
        List<string> faults = [];
        foreach ((string room, int floor) in Floors)
        {
            foreach (string file in SourceFiles(Path.Combine(Source("BehaviorCloning"), room)))
            {
                foreach (string used in RoomsUsedBy(file).Where(used => Floors.TryGetValue(used, out int other) && other > floor))
                    faults.Add($"{Path.GetRelativePath(Root, file)} (floor {floor}) uses {used} (floor {Floors[used]})");
            }
        }

        faults.Should().BeEmpty();
    }

    [Fact]
    public void The_floor_rule_would_notice_a_heads_file_that_uses_policies() =>
        RoomsUsedIn("using BehaviorCloning.Policies;\nnamespace BehaviorCloning.Heads;\nvar x = BehaviorCloning.Training.Y;").Should().Contain(["Policies", "Training"]);

    [Fact]
    public void A_file_lives_in_the_namespace_of_its_room()
    {
        string[] faults = [.. Floors.Keys.SelectMany(room => SourceFiles(Path.Combine(Source("BehaviorCloning"), room))
            .Where(file => !File.ReadAllText(file).Contains($"namespace BehaviorCloning.{room};", StringComparison.Ordinal)))
            .Select(file => Path.GetRelativePath(Root, file))];
        faults.Should().BeEmpty();
    }

    [Fact]
    public void Every_head_folder_has_a_page_and_a_test()
    {
        foreach (string folder in Directory.GetDirectories(Path.Combine(Source("BehaviorCloning"), "Heads")))
        {
            string family = Path.GetFileName(folder);
            string page = Path.Combine(Root, "docs", "heads", PageName(family));
            File.Exists(page).Should().BeTrue("{0} is the page of {1}", page, family);
            string tests = Path.Combine(Root, "tests", "BehaviorCloning.Tests", "Heads", family);
            (Directory.Exists(tests) && Directory.GetFiles(tests, "*Tests.cs").Length > 0).Should().BeTrue("{0} holds the tests of {1}", tests, family);
        }
    }

    [Fact]
    public void Public_classes_are_sealed_abstract_or_static()
    {
        Type[] open = [.. new[] { typeof(LearnedPolicy).Assembly, typeof(Observation).Assembly }.SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract)];
        open.Should().BeEmpty();
    }

    [Fact]
    public void Every_head_is_made_by_exactly_one_config()
    {
        string[] heads = [.. typeof(PolicyHead).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(PolicyHead)) && !t.IsAbstract).Select(t => t.Name)];
        heads.Should().BeEquivalentTo(ConfigJson.KindsOf(typeof(PolicyHeadConfig)).Where(pair => pair.Value.Assembly == typeof(PolicyHead).Assembly).Select(pair => pair.Key));
    }

    private static IEnumerable<string> RoomsUsedBy(string file) => RoomsUsedIn(File.ReadAllText(file));

    private static IEnumerable<string> RoomsUsedIn(string text) => RoomName().Matches(text).Select(match => match.Groups["room"].Value).Distinct();

    // FlowMatching -> flow-matching.md
    private static string PageName(string family) =>
        string.Concat(family.Select((c, i) => i > 0 && char.IsUpper(c) ? $"-{c}" : $"{c}")).ToLowerInvariant() + ".md";

    private static string[] SourceFiles(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories) : [];

    private static string Source(string project) => Path.Combine(Root, "src", project);

    [GeneratedRegex(@"\bBehaviorCloning\.(?<room>[A-Z]\w*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RoomName();
}
