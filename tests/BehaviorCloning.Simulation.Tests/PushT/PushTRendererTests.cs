using System.Xml.Linq;

namespace BehaviorCloning.Simulation.Tests.PushT;

public class PushTRendererTests
{
    [SkippableFact]
    public void Images_are_those_of_the_human_demonstrations()
    {
        IEpisodeSource episodes = PushTDataset.Open(TestData.Require("pusht/pusht_cchi_v7_replay.zarr"), images: true);
        var renderer = new PushTRenderer(PushTPose.DefaultGoal);
        long sum = 0, count = 0, off = 0;
        foreach (int e in new[] { 0, 100, 205 })
        {
            Episode episode = episodes.ReadEpisode(e);
            byte[] frame = new byte[96 * 96 * 3];
            for (int step = 0; step < episode.Length; step += 10)
            {
                ReadOnlySpan<float> agent = episode.Feature("agent_position").Span.Slice(2 * step, 2), block = episode.Feature("block_position").Span.Slice(2 * step, 2);
                episode.ReadFrames("image", step, 1, frame);
                byte[] rendered = renderer.Render(new(agent[0], agent[1], block[0], block[1], episode.Feature("block_angle").Span[step]));
                for (int i = 0; i < frame.Length; i++)
                {
                    int difference = Math.Abs(frame[i] - rendered[i]);
                    (sum, count, off) = (sum + difference, count + 1, off + (difference > 2 ? 1 : 0));
                }
            }
        }

        ((double)sum / count).Should().BeLessThan(0.003, "of 255");
        ((double)off / count).Should().BeLessThan(0.0001);
    }

    [Fact]
    public void A_negative_control_a_state_five_pixels_off_gives_another_image()
    {
        var renderer = new PushTRenderer(PushTPose.DefaultGoal);
        byte[] image = renderer.Render(new(100, 100, 300, 200, 1));
        renderer.Render(new(100, 100, 300, 200, 1)).Should().Equal(image, "nothing of an earlier frame stays on the canvas");
        renderer.Render(new(100, 100, 305, 200, 1)).Zip(image, (a, b) => Math.Abs(a - b)).Average().Should().BeGreaterThan(0.1);
    }

    [Fact]
    public void A_lamp_changes_every_pixel_by_its_gain_and_another_background_only_the_background()
    {
        var state = new PushTState(100, 100, 300, 200, 1);
        byte[] usual = new PushTRenderer(PushTPose.DefaultGoal).Render(state);
        byte[] dim = new PushTRenderer(PushTPose.DefaultGoal, new PushTColors().Lit(0.5, 1, 0.25)).Render(state);
        double[] gains = [0.5, 1, 0.25];
        for (int i = 0; i < usual.Length; i++) ((double)dim[i]).Should().BeApproximately(usual[i] * gains[i % 3], 1.5);

        using var environment = new PushTEnvironment(new PushTOptions { Images = true, Colors = new PushTColors { Background = new(10, 20, 30) } });
        byte[] other = environment.ResetTo(state).Images["image"].ToArray();
        (int At, int Pixel)[] pixels = [.. Enumerable.Range(0, 96 * 96).Select(pixel => (3 * pixel, pixel))];
        pixels.Where(p => usual[p.At] == 255 && usual[p.At + 1] == 255).Should().NotBeEmpty().And.OnlyContain(p => other[p.At] == 10 && other[p.At + 1] == 20 && other[p.At + 2] == 30);
        pixels.Count(p => usual[p.At] == 143 && usual[p.At + 1] == 163 && other[p.At] == 143 && other[p.At + 1] == 163).Should().BeGreaterThan(50, "the T keeps its color");
        Action faulty = () => new PushTColors().Lit(1, double.NaN, 1);
        faulty.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(-40, 256, -100, 30)]
    [InlineData(600, 700, 540, 600)]
    public void What_lies_outside_is_cut_off(double agentX, double agentY, double blockX, double blockY) =>
        new PushTRenderer(PushTPose.DefaultGoal).Render(new(agentX, agentY, blockX, blockY, 2)).Should().HaveCount(96 * 96 * 3);

    [Fact]
    public void The_svg_is_well_formed_and_places_the_block()
    {
        string svg = new PushTRenderer(PushTPose.DefaultGoal).Svg(new(100.126, 50, 300, 200, Math.PI / 2), pixels: 128);
        XElement root = XDocument.Parse(svg).Root!;
        root.Attribute("viewBox")!.Value.Should().Be("0 0 512 512");
        svg.Should().Contain("translate(300 200) rotate(90)").And.Contain("cx=\"100.13\"").And.Contain("rotate(45)");
    }
}
