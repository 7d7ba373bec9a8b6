namespace BehaviorCloning.Dagger;

/// <summary>What every expert that imagines asks of a world.</summary>
internal static class ImaginedWorld
{
    /// <summary>The world as one that can branch; one that cannot is disposed.</summary>
    public static IBranchable Of(IEnvironment made)
    {
        if (made is IBranchable world) return world;
        made.Dispose();
        throw new ArgumentException($"{made.GetType().Name} cannot go on from where another is (it is no {nameof(IBranchable)}), so nothing can be imagined in it. Use an expert that knows the world.", nameof(made));
    }
}
