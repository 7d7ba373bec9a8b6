using System.Globalization;
using BehaviorCloning.Policies;

namespace BehaviorCloning.Training;

/// <summary>The policies that a run keeps on disk: the newest ones, and those of the lowest validation loss.</summary>
internal sealed class PolicyShelf
{
    private readonly string folder;
    private readonly int keepBest, keepNewest;
    private readonly List<SavedPolicy> kept;
    private readonly List<SavedPolicy> dropped = [];

    /// <summary>Opens the shelf of a run.</summary>
    /// <param name="folder">Where policies lie, a folder each.</param>
    /// <param name="keepBest">How many of the lowest validation loss stay.</param>
    /// <param name="keepNewest">How many of the newest that came with a checkpoint stay.</param>
    /// <param name="kept">What a resumed run had kept.</param>
    public PolicyShelf(string folder, int keepBest, int keepNewest, IEnumerable<SavedPolicy> kept)
    {
        this.folder = folder;
        this.keepBest = keepBest;
        this.keepNewest = keepNewest;
        this.kept = [.. kept];
    }

    /// <summary>What is kept, oldest first.</summary>
    public IReadOnlyList<SavedPolicy> Kept => kept;

    /// <summary>The folder of a step's policy below a shelf.</summary>
    public static string FolderOf(string shelf, long step) => Path.Combine(shelf, string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}"));

    /// <summary>Whether a policy of this validation loss would be among the best.</summary>
    public bool IsAmongBest(double validationLoss) =>
        keepBest > 0 && kept.Count(policy => policy.ValidationLoss <= validationLoss) < keepBest;

    /// <summary>Saves a policy, unless that step's is there already.</summary>
    /// <returns>Its folder, or null where it was there.</returns>
    public string? Save(LearnedPolicy policy, long step, double? validationLoss, bool isCheckpoint)
    {
        if (kept.Count > 0 && kept[^1].Step == step)
        {
            kept[^1] = kept[^1] with { IsCheckpoint = kept[^1].IsCheckpoint || isCheckpoint };
            return null;
        }

        string target = FolderOf(folder, step);
        // What lies there can only be from after the checkpoint that the run was resumed from.
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        Directory.CreateDirectory(folder);
        policy.Save(target);
        kept.Add(new SavedPolicy(step, target, isCheckpoint) { ValidationLoss = validationLoss });
        return target;
    }

    /// <summary>Takes what is neither new nor good off the list. Its folders stay until <see cref="DeleteDropped"/>.</summary>
    public void Select()
    {
        HashSet<SavedPolicy> keep = [.. kept.Where(policy => policy.IsCheckpoint).TakeLast(keepNewest), .. kept.Where(policy => policy.ValidationLoss is not null).OrderBy(policy => policy.ValidationLoss).ThenBy(policy => policy.Step).Take(keepBest)];
        dropped.AddRange(kept.Where(policy => !keep.Contains(policy)));
        kept.RemoveAll(policy => !keep.Contains(policy));
    }

    /// <summary>Deletes the folders of what was dropped. Call once the state that no longer refers to them is safe.</summary>
    public void DeleteDropped()
    {
        foreach (SavedPolicy policy in dropped)
        {
            if (Directory.Exists(policy.Folder)) Directory.Delete(policy.Folder, recursive: true);
        }

        dropped.Clear();
    }
}
