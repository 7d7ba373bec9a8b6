using BehaviorCloning.Networks;
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Networks;

public sealed class KMeansTests
{
    [Fact]
    public void The_sum_of_squared_distances_never_grows()
    {
        Prop.ForAll(Gen.Choose(0, 100000).ToArbitrary(), seed =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var random = new Generator((ulong)seed, CPU);
            Tensor points = randn(60, 3, generator: random), known = seed % 2 == 0 ? ones(60, 3, ScalarType.Bool) : rand(60, 3, generator: random).gt(0.3f);
            IReadOnlyList<double> inertia = KMeans.Fit(points, 1 + (seed % 12), known, random: random).Inertia;
            return inertia.Zip(inertia.Skip(1), (before, after) => after <= before * (1 + 1e-5)).All(fell => fell);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Well_separated_groups_are_found()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor corners = tensor(new float[] { 0, 0, 10, 0, 0, 10, 10, 10 }, [4, 2]);
        Tensor points = corners.repeat_interleave(50, 0).add(Tensors.Normal(1, 200, 2).mul(0.1f));
        Tensor centers = KMeans.Fit(points, 4, random: new Generator(2, CPU)).Centers;
        for (int i = 0; i < 4; i++) centers.sub(corners[i]).square().sum(1).min().ToSingle().Should().BeLessThan(0.01f);
    }

    [Fact]
    public void The_same_seed_gives_the_same_clusters()
    {
        using Tensor points = Tensors.Normal(1, 500, 4);
        KMeans.Fit(points, 9, random: new Generator(3, CPU)).Centers.Values().Should().Equal(KMeans.Fit(points, 9, random: new Generator(3, CPU)).Centers.Values());
    }

    [Fact]
    public void Many_points_are_assigned_as_few_are()
    {
        // More rows than the table of distances has.
        using Tensor points = Tensors.Normal(1, 40000, 2), centers = Tensors.Normal(2, 5, 2);
        Tensor direct = points.unsqueeze(1).sub(centers).square().sum(2).argmin(1);
        KMeans.Nearest(points, centers).eq(direct).to(float32).mean().ToSingle().Should().BeGreaterThan(0.9999f);
    }

    [Fact]
    public void What_is_not_known_does_not_count()
    {
        using Tensor points = Tensors.Normal(1, 50, 3), known = ones(50, 3, ScalarType.Bool);
        known[7, 2].fill_(false);
        float[] centers = KMeans.Fit(points, 5, known, random: new Generator(3, CPU)).Centers.Values();
        points[7, 2].fill_(float.NaN);
        KMeans.Fit(points, 5, known, random: new Generator(3, CPU)).Centers.Values().Should().Equal(centers);
        points[7, 1].fill_(50f);
        KMeans.Fit(points, 5, known, random: new Generator(3, CPU)).Centers.Values().Should().NotEqual(centers);
    }

    [Fact]
    public void An_empty_cluster_takes_the_point_that_fits_worst()
    {
        // Duplicates far from the rest: whatever the start, in the end every distinct point has its own center.
        using Tensor points = tensor(new float[] { 0, 0, 0, 0, 0, 0, 0, 1, 5, 9 }, [10, 1]);
        for (ulong seed = 0; seed < 20; seed++)
        {
            KMeansResult result = KMeans.Fit(points, 4, random: new Generator(seed, CPU));
            result.Centers.Values().Order().Should().Equal(0, 1, 5, 9);
            result.Inertia[^1].Should().Be(0);
        }
    }

    [Fact]
    public void Fewer_distinct_points_than_clusters_are_refused()
    {
        using Tensor points = tensor(new float[] { 1, 1, 2, 2, 2 }, [5, 1]);
        Action fit = () => KMeans.Fit(points, 3);
        fit.Should().Throw<ArgumentException>().WithMessage("*only 2 distinct points for 3 clusters*");
    }

    [Fact]
    public void Values_that_are_not_finite_are_refused()
    {
        using Tensor points = tensor(new float[] { 1, float.NaN, 2 }, [3, 1]);
        Action fit = () => KMeans.Fit(points, 2);
        fit.Should().Throw<ArgumentException>().WithMessage("*not finite*");
    }
}
