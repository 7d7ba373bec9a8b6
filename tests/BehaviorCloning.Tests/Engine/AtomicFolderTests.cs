using BehaviorCloning.Engine;

namespace BehaviorCloning.Tests.Engine;

public sealed class AtomicFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Target => folder["target"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_write_that_fails_leaves_the_old_content()
    {
        Write("old");
        Action replace = () => AtomicFolder.Replace(Target, fresh =>
        {
            File.WriteAllText(Path.Combine(fresh, "content"), "half");
            throw new IOException("disk full");
        });
        replace.Should().Throw<IOException>();
        Read().Should().Be("old");
        Write("new");
        Read().Should().Be("new");
        Directory.GetFileSystemEntries(folder.Path).Should().Equal(Target);
    }

    [Fact]
    public void At_every_moment_of_a_replacement_a_whole_folder_is_found()
    {
        Write("old");
        // After the first rename.
        Directory.Move(Target, Target + ".previous");
        Read().Should().Be("old");
        // After the second, before the old one is deleted.
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "content"), "new");
        Read().Should().Be("new");
        Write("newer");
        Read().Should().Be("newer");
        Directory.GetFileSystemEntries(folder.Path).Should().Equal(Target);
    }

    [Fact]
    public void Nothing_is_found_where_nothing_is() => AtomicFolder.Find(Target).Should().BeNull();

    private void Write(string content) => AtomicFolder.Replace(Target, fresh => File.WriteAllText(Path.Combine(fresh, "content"), content));

    private string Read() => File.ReadAllText(Path.Combine(AtomicFolder.Find(Target)!, "content"));
}
