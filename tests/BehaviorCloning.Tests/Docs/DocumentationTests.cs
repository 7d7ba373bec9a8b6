using System.Text.RegularExpressions;

namespace BehaviorCloning.Docs;

/// <summary>Every C# block of the documentation is compiled: it stands, word for word, between markers in a file beside this one.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Root = Tests.Repository.Root;

    private static readonly string[] PagePaths =
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories).Select(page => Path.GetRelativePath(Root, page)).Order(),
    ];

    public static TheoryData<string> Pages => [.. PagePaths];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_the_page_is_compiled_code(string page)
    {
        HashSet<string> compiled = [.. Snippets().Select(snippet => snippet.Code)];
        string[] missing = [.. Blocks(File.ReadAllText(Path.Combine(Root, page))).Where(block => !compiled.Contains(block))];
        missing.Should().BeEmpty($"each block of {page} must stand between '// <snippet name>' and '// </snippet>' in tests/BehaviorCloning.Tests/Docs");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_to_a_file_leads_somewhere(string page)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Root, page))!;
        string[] dead =
        [
            .. Link().Matches(File.ReadAllText(Path.Combine(Root, page))).Select(match => match.Groups["target"].Value)
                .Where(target => !target.Contains("://", StringComparison.Ordinal) && target.Length > 0)
                .Where(target => !Path.Exists(Path.Combine(folder, target))),
        ];
        dead.Should().BeEmpty();
    }

    [Fact]
    public void Every_snippet_is_shown_on_a_page()
    {
        HashSet<string> shown = [.. PagePaths.SelectMany(page => Blocks(File.ReadAllText(Path.Combine(Root, page))))];
        Snippets().Where(snippet => !shown.Contains(snippet.Code)).Select(snippet => snippet.Name).Should().BeEmpty();
    }

    [Fact]
    public void A_changed_block_would_be_noticed()
    {
        string page = "```csharp\nint a = 1;\n```\n";
        Blocks(page).Should().Equal("int a = 1;");
        Blocks(page.Replace('1', '2')).Should().NotBeSubsetOf(Snippets().Select(snippet => snippet.Code));
    }

    private static IEnumerable<string> Blocks(string markdown) => Block().Matches(markdown).Select(match => Straighten(match.Groups["code"].Value));

    private static IEnumerable<(string Name, string Code)> Snippets() =>
        from file in Directory.EnumerateFiles(Path.Combine(Root, "tests", "BehaviorCloning.Tests", "Docs"), "*.cs")
        from Match match in Marked().Matches(File.ReadAllText(file))
        select (match.Groups["name"].Value, Straighten(match.Groups["code"].Value));

    // Without the indentation that all lines share, and without trailing blanks.
    private static string Straighten(string code)
    {
        string[] lines = [.. code.ReplaceLineEndings("\n").Trim('\n').Split('\n').Select(line => line.TrimEnd())];
        int shared = lines.Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length > shared ? line[shared..] : line.TrimStart())).TrimEnd();
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Block();

    [GeneratedRegex(@"// <snippet (?<name>[\w-]+)>\n(?<code>.*?)\n[ \t]*// </snippet>", RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Marked();

    [GeneratedRegex(@"\]\((?<target>[^)#\s]*)(#[^)\s]*)?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();
}
