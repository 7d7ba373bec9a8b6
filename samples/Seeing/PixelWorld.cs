using BehaviorCloning;
using BehaviorCloning.Simulation;

namespace Seeing;

/// <summary>Push-T as it looks: the same world, in the colors of the demonstrations or in others that no input was trained on.</summary>
/// <param name="Name">On the command line and in the tables.</param>
/// <param name="Title">What is changed.</param>
/// <param name="Colors">The colors frames are rendered in.</param>
internal sealed record PixelWorld(string Name, string Title, PushTColors Colors)
{
    private static readonly PushTColor Wood = new(205, 170, 125);

    public static IReadOnlyList<PixelWorld> All { get; } =
    [
        new("usual", "as demonstrated", new PushTColors()),
        new("lamp", "a dim, warm lamp: red x 0.8, green x 0.6, blue x 0.45", new PushTColors().Lit(0.8, 0.6, 0.45)),
        new("table", "a wooden table in place of white: (205, 170, 125)", new PushTColors { Background = Wood }),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(world => world.Name)];

    /// <summary>The world of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static PixelWorld Find(string name) => All.FirstOrDefault(world => world.Name == name)
        ?? throw new ArgumentException($"There is no world '{name}'. There are: {string.Join(", ", Names)}.");

    /// <summary>An environment that shows frames.</summary>
    public IEnvironment Create(int stepLimit) => new PixelEnvironment(Colors, stepLimit);
}
