using System.Reflection;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads;

/// <summary>What every head must do. Heads are found by reflection, each in every variant that its options name by a kind.</summary>
public sealed class HeadContractTests
{
    private const int Batch = 6;
    private static readonly HeadShape Shape = new(ContextTokens: 2, ContextWidth: 5, PredictionHorizon: 4, ActionDimension: 3);
    private static readonly IReadOnlyDictionary<string, ContractVariant> Variants = FindVariants();

    public static TheoryData<string> Heads => [.. Variants.Keys];

    [Fact]
    public void Heads_are_found() => Variants.Keys.Should().Contain(["MseHead", "FlowMatchingHead", "FlowMatchingHead, Denoiser=TransformerDenoiser"]);

    [Theory]
    [MemberData(nameof(Heads))]
    public void Sample_gives_a_chunk_for_every_context(string name)
    {
        using PolicyHead head = Create(name);
        using Tensor context = Context(), chunk = head.Sample(context);
        chunk.shape.Should().Equal(Batch, 4, 3);
        chunk.requires_grad.Should().BeFalse();
        chunk.Values().Should().OnlyContain(value => float.IsFinite(value));
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Sample_with_the_same_seed_gives_the_same_chunk(string name)
    {
        using PolicyHead head = Create(name);
        using Tensor context = Context();
        head.Sample(context, Seeded(3)).Values().Should().Equal(head.Sample(context, Seeded(3)).Values());
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Loss_with_the_same_seed_is_the_same(string name)
    {
        using PolicyHead head = Create(name);
        Loss(head, Target()).Should().Be(Loss(head, Target()));
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Loss_ignores_padded_actions(string name)
    {
        using PolicyHead head = Create(name);
        ActionTarget target = Target();
        double loss = Loss(head, target);
        using Tensor garbage = target.Actions.clone();
        garbage[0, 2].fill_(1000f);
        garbage[0, 3].fill_(-1000f);
        Loss(head, target with { Actions = garbage }).Should().BeApproximately(loss, 1e-6 * Math.Abs(loss));

        // Negative control: the same change to a real step is noticed.
        using Tensor real = target.Actions.clone();
        real[0, 1].fill_(1000f);
        Loss(head, target with { Actions = real }).Should().NotBeApproximately(loss, 1e-3 * Math.Abs(loss));
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Sample_weights_say_how_much_each_sample_counts(string name)
    {
        using PolicyHead head = Create(name);
        ActionTarget target = Target();
        double loss = Loss(head, target);
        Loss(head, target with { SampleWeight = full(Batch, 3f, ScalarType.Float32) }).Should().BeApproximately(loss, 1e-5 * Math.Abs(loss), "only proportions count");

        using Tensor weights = tensor(new float[] { 0, 1, 1, 1, 1, 1 });
        double without = Loss(head, target with { SampleWeight = weights });
        without.Should().NotBeApproximately(loss, 1e-4 * Math.Abs(loss));
        using Tensor changed = target.Actions.clone();
        changed[0].fill_(5f);
        Loss(head, target with { Actions = changed, SampleWeight = weights }).Should().BeApproximately(without, 1e-5 * Math.Abs(without), "a sample of weight 0 does not count");
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Gradient_reaches_every_parameter(string name)
    {
        using PolicyHead head = Create(name);
        head.Loss(Context(), Target(), Seeded(5)).Total.backward();
        string[] unreached = [.. head.named_parameters().Where(p => p.parameter.requires_grad).Where(p => p.parameter.grad is not { } grad || grad.abs().sum().ToSingle() == 0).Select(p => p.name)];
        unreached.Should().BeSubsetOf(Variants[name].WithoutGradient);
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void A_gradient_step_lowers_the_loss(string name)
    {
        using PolicyHead head = Create(name);
        double before = Loss(head, Target());
        head.Loss(Context(), Target(), Seeded(5)).Total.backward();
        using (no_grad())
        {
            TorchSharp.Modules.Parameter[] trained = [.. head.parameters().Where(p => p.requires_grad)];
            double square = trained.Sum(p => p.grad!.square().sum().ToDouble());
            // First-order: a step of this length would lower a linear loss by 5 percent of its size.
            foreach (TorchSharp.Modules.Parameter parameter in trained) parameter.add_(parameter.grad!, (float)(-0.05 * Math.Abs(before) / square));
        }

        Loss(head, Target()).Should().BeLessThan(before);
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Training_on_one_batch_learns_it_by_heart(string name)
    {
        ContractVariant variant = Variants[name];
        using PolicyHead head = Create(name);
        head.train();
        using Tensor context = Context();
        ActionTarget target = Target();
        using var optimizer = optim.Adam(head.parameters(), variant.LearningRate);
        using Generator random = Seeded(5);
        for (int step = 0; step < variant.OverfitSteps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            head.Loss(context, target, random).Total.backward();
            optimizer.step();
        }

        head.eval();
        Tensor inside = target.InsideEpisode.unsqueeze(-1);
        double ofHead = head.Sample(context, random).sub(target.Actions).abs().mul(inside).mean().ToDouble();
        double ofMean = target.Actions.sub(target.Actions.mean([0L], keepdim: true)).abs().mul(inside).mean().ToDouble();
        ofHead.Should().BeLessThan(0.3 * ofMean, "what always answers the mean errs by {0}", ofMean);
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Sample_leaves_one_live_tensor(string name)
    {
        using PolicyHead head = Create(name);
        using Tensor context = Context();
        using var generator = Seeded(1);
        Tensors.LiveAfter(() => head.Sample(context, generator)).Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Loss_leaves_its_report_and_nothing_else(string name)
    {
        using PolicyHead head = Create(name);
        using Tensor context = Context();
        using var generator = Seeded(1);
        ActionTarget target = Target();
        LossReport? report = null;
        long live = Tensors.LiveAfter(() => report = head.Loss(context, target, generator));
        live.Should().Be(1 + report!.Parts.Count);
    }

    [Fact]
    public void The_leak_test_notices_a_head_that_leaks()
    {
        using var head = new LeakingHead();
        using Tensor context = Context();
        Tensors.LiveAfter(() => head.Sample(context)).Should().Be(2);
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Wrong_shapes_are_refused_by_name(string name)
    {
        using PolicyHead head = Create(name);
        using Tensor narrow = zeros(Batch, 2, 4), shortChunk = zeros(Batch, 3, 3);
        Action sample = () => head.Sample(narrow);
        Action context = () => head.Loss(narrow, Target());
        Action actions = () => head.Loss(Context(), Target() with { Actions = shortChunk });
        sample.Should().Throw<ArgumentException>().WithMessage("*context*4*5*");
        context.Should().Throw<ArgumentException>().WithMessage("*context*");
        actions.Should().Throw<ArgumentException>().WithMessage("*ctions*");
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Options_survive_json(string name) =>
        ConfigJson.Read<PolicyHeadConfig>(ConfigJson.Write(Variants[name].Config)).Should().Be(Variants[name].Config);

    [Theory]
    [MemberData(nameof(Heads))]
    public void Weights_survive_a_file(string name)
    {
        using var folder = new TemporaryFolder();
        using PolicyHead head = Create(name), other = Variants[name].Config.Create(Shape);
        Tensors.Perturb(other, seed: 8);
        if (other is IFitsActions fits) fits.Fit(Tensors.Normal(3, Batch, 4, 3), ones(Batch, 4, ScalarType.Bool), Seeded(7));
        using Tensor context = Context();
        float[] chunk = head.Sample(context, Seeded(2)).Values();
        other.Sample(context, Seeded(2)).Values().Should().NotEqual(chunk);
        SafetensorsFile.Save(folder["weights.safetensors"], head);
        using SafetensorsFile file = SafetensorsFile.Open(folder["weights.safetensors"]);
        file.LoadInto(other);
        other.Sample(context, Seeded(2)).Values().Should().Equal(chunk);
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void A_velocity_field_is_differentiable_in_the_actions(string name)
    {
        using PolicyHead head = Create(name);
        if (head is not IVelocityField field) return;
        Tensor actions = Tensors.Normal(9, Batch, 4, 3).requires_grad_();
        Tensor velocity = field.Velocity(Context(), actions, full(Batch, 0.3f, ScalarType.Float32));
        velocity.shape.Should().Equal(Batch, 4, 3);
        velocity.sum().backward();
        actions.grad!.abs().sum().ToSingle().Should().BePositive();
    }

    private static double Loss(PolicyHead head, ActionTarget target) => head.Loss(Context(), target, Seeded(5)).Total.ToDouble();

    private static PolicyHead Create(string name)
    {
        PolicyHead head = Variants[name].Config.Create(Shape);
        Tensors.Perturb(head);
        if (head is IFitsActions fits) fits.Fit(Tensors.Normal(2, Batch, 4, 3), ones(Batch, 4, ScalarType.Bool), Seeded(6));
        head.eval();
        return head;
    }

    private static Tensor Context() => Tensors.Normal(1, Batch, 2, 5);

    // The first sample's last two steps are padding.
    private static ActionTarget Target()
    {
        Tensor inside = ones(Batch, 4, ScalarType.Bool);
        inside[0, 2].fill_(false);
        inside[0, 3].fill_(false);
        return new ActionTarget(Tensors.Normal(2, Batch, 4, 3), inside);
    }

    private static Generator Seeded(ulong seed) => new(seed, CPU);

    private static Dictionary<string, ContractVariant> FindVariants()
    {
        ILookup<Type, ContractVariant> own = typeof(HeadContractTests).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IContractVariants)))
            .SelectMany(type => ((IContractVariants)Activator.CreateInstance(type)!).Variants).ToLookup(variant => variant.Config.GetType());
        var variants = new Dictionary<string, ContractVariant>();
        foreach ((string kind, Type type) in ConfigJson.KindsOf(typeof(PolicyHeadConfig)).Where(pair => pair.Value.Assembly == typeof(PolicyHeadConfig).Assembly))
        {
            foreach (ContractVariant variant in own.Contains(type) ? own[type] : OfOptions(type))
                variants[variant.Name.Length == 0 ? kind : $"{kind}, {variant.Name}"] = variant;
        }

        return variants;
    }

    // Default options, and each choice of every option that is a kind.
    private static IEnumerable<ContractVariant> OfOptions(Type type)
    {
        var plain = (PolicyHeadConfig)Activator.CreateInstance(type)!;
        yield return new ContractVariant(plain);
        foreach (PropertyInfo option in type.GetProperties().Where(p => p.PropertyType.IsAbstract && p.CanWrite))
        {
            foreach ((string choice, Type record) in ConfigJson.KindsOf(option.PropertyType))
            {
                var variant = (PolicyHeadConfig)Activator.CreateInstance(type)!;
                option.SetValue(variant, Activator.CreateInstance(record));
                if (!variant.Equals(plain)) yield return new ContractVariant(variant, $"{option.Name}={choice}");
            }
        }
    }

    private sealed class LeakingHead() : PolicyHead(nameof(LeakingHead), HeadContractTests.Shape)
    {
        public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null) => new(context.sum());

        public override Tensor Sample(Tensor context, Generator? random = null)
        {
            _ = context.sum();
            return zeros(context.size(0), 4, 3);
        }
    }
}
