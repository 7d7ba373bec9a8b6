using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation;

/// <summary>How episodes at the fork look in reports.</summary>
public static class ForkInTheRoadDrawing
{
    private const double PixelsAUnit = 320;

    /// <summary>Obstacle and goal stand still; the point moves and leaves a trail. Left is up.</summary>
    public static RolloutDrawing Create() => new()
    {
        Width = PixelsAUnit * (ForkInTheRoadEnvironment.YardRight - ForkInTheRoadEnvironment.YardLeft),
        Height = PixelsAUnit * 2 * ForkInTheRoadEnvironment.YardHalfHeight,
        Fixed =
        [
            Disc(ForkInTheRoadEnvironment.GoalX, ForkInTheRoadEnvironment.GoalRadius) with { Fill = "#8fce9b" },
            Disc(ForkInTheRoadEnvironment.ObstacleX, ForkInTheRoadEnvironment.ObstacleRadius) with { Fill = "#708090" },
        ],
        Moving = [new DrawnCircle(6) { Fill = "#4169e1", Trail = "#4169e1" }],
        Poses = (observation, _) =>
        {
            ReadOnlySpan<float> position = observation[ForkInTheRoadEnvironment.Position].Span;
            (double x, double y) = Pixel(position[0], position[1]);
            return [new(x, y)];
        },
    };

    private static DrawnShape Disc(double atX, double radius)
    {
        (double x, double y) = Pixel(atX, 0);
        return new DrawnCircle(PixelsAUnit * radius, x, y);
    }

    private static (double X, double Y) Pixel(double x, double y) =>
        (PixelsAUnit * (x - ForkInTheRoadEnvironment.YardLeft), PixelsAUnit * (ForkInTheRoadEnvironment.YardHalfHeight - y));
}
