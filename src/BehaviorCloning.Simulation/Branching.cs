namespace BehaviorCloning.Simulation;

/// <summary>What every <see cref="IBranchable.BranchFrom"/> checks first.</summary>
internal static class Branching
{
    /// <summary>The other environment as one of this kind that was reset.</summary>
    public static TEnvironment Source<TEnvironment>(IEnvironment other, Func<TEnvironment, bool> started)
        where TEnvironment : class, IEnvironment
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other is not TEnvironment source)
            throw new ArgumentException($"A {typeof(TEnvironment).Name} can go on from a {typeof(TEnvironment).Name} only; got {other.GetType().Name}. Pass the inner environment if it is wrapped.", nameof(other));
        return started(source) ? source : throw new InvalidOperationException($"The {typeof(TEnvironment).Name} to go on from was not reset yet: there is no state to take over.");
    }
}
