namespace BehaviorCloning.Engine;

/// <summary>A folder that is replaced as a whole: a reader finds the old content or the new, never a mixture, also after a crash.</summary>
/// <remarks>
/// A folder cannot be renamed over another, so a replacement takes two renames. Between them only <c>path.previous</c> exists,
/// whole; <see cref="Find"/> returns it then.
/// <code>
/// // write path.new;  path -> path.previous;  path.new -> path;  delete path.previous
/// </code>
/// </remarks>
public static class AtomicFolder
{
    /// <summary>Writes a folder's new content and puts it in place.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="write">Writes files, durably, into the folder it is given.</param>
    public static void Replace(string path, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), fresh = target + ".new", previous = target + ".previous";
        // Restores what a crash between the two renames of an earlier call may have left.
        if (!Directory.Exists(target) && Directory.Exists(previous)) Directory.Move(previous, target);
        Delete(fresh);
        Delete(previous);
        Directory.CreateDirectory(fresh);
        write(fresh);
        if (Directory.Exists(target)) Directory.Move(target, previous);
        Directory.Move(fresh, target);
        Delete(previous);
    }

    /// <summary>The folder, or its previous content where a crash stopped a replacement half-way; null where there is neither.</summary>
    public static string? Find(string path)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), previous = target + ".previous";
        return Directory.Exists(target) ? target : Directory.Exists(previous) ? previous : null;
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
