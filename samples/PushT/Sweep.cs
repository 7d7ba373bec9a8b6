using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using BehaviorCloning;
using BehaviorCloning.Engine;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace PushT;

/// <summary><c>pusht sweep</c>: the same weights sampled in different numbers of steps, a diffusion policy by every sampler.</summary>
internal sealed class Sweep : Verb
{
    private readonly Option<string[]> policies;
    private readonly Option<int[]> steps;
    private readonly Option<string> seeds;
    private readonly Option<double> temperature;
    private readonly Option<int> threads;
    private readonly Option<FileInfo?> svg;

    public Sweep()
        : base("sweep", "Score against the number of steps from noise to action, by every sampler.")
    {
        policies = Option<string[]>("--policy", "Folders of diffusion and flow policies. One distilled to fewer steps than asked for is played at its own number only.", ["runs/pusht/flow/policy"]);
        steps = Option<int[]>("--steps", "Numbers of steps.", [1, 2, 4, 8, 16, 100]);
        foreach (Option many in new Option[] { policies, steps }) many.AllowMultipleArgumentsPerToken = true;
        seeds = Option("--seeds", "Starting states, as first seed and how many. Not those of the final test.", "200000:100");
        temperature = Option("--temperature", "Scale of the noise that sampling starts from.", 0.7);
        threads = Option("--threads", "Processors to use; 0 for all.", 0);
        svg = Option<FileInfo?>("--svg", "Draw the figure to this file.");
    }

    public override void Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        Accelerator accelerator = Accelerator.Cpu(parsed.GetValue(threads));
        var options = new RolloutOptions { Seeds = SeedRange.Parse(parsed.GetValue(seeds)!), Parallelism = parsed.GetValue(threads) is > 0 and var count ? count : Environment.ProcessorCount };
        var rows = new JsonArray();
        List<(string Name, IReadOnlyList<Measured> Points)> curves = [];
        foreach (string folder in parsed.GetValue(policies)!)
        {
            using LearnedPolicy trained = LearnedPolicy.Load(folder, accelerator);
            foreach ((string name, IReadOnlyList<int> numbers, Func<int, PolicyHeadConfig> sample) in Samplers(trained.Config.Head, folder, parsed.GetValue(steps)!, parsed.GetValue(temperature)))
            {
                List<Measured> points = [];
                foreach (int number in numbers)
                {
                    using LearnedPolicy policy = trained.With(trained.Config with { Head = sample(number) });
                    EvaluationReport report = Evaluate.Policy(policy, options, terminal, cancellationToken);
                    double margin = 1.96 * report.Score.StandardError;
                    points.Add(new Measured(number, report.Score.Mean, report.Score.Mean - margin, report.Score.Mean + margin));
                    rows.Add(new JsonObject { ["sampler"] = name, ["steps"] = number, ["episodes"] = report.Episodes.Count, ["score"] = report.Score.Mean, ["standard_error"] = report.Score.StandardError, ["solved"] = report.Success.Share });
                    terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{name}, {number} steps: score {report.Score}, solved {100 * report.Success.Share:0.#} %"));
                }

                curves.Add((name, points));
            }
        }

        terminal.Figures["rows"] = rows;
        if (parsed.GetValue(svg) is { } picture)
            File.WriteAllText(picture.FullName, new IntervalChart($"Push-T: score of {options.Seeds.Count} episodes, two standard errors", "steps from noise to action", "score", curves) { LogarithmicX = true }.Draw());
    }

    private static IEnumerable<(string Name, IReadOnlyList<int> Steps, Func<int, PolicyHeadConfig> Sample)> Samplers(PolicyHeadConfig head, string folder, IReadOnlyList<int> steps, double scale)
    {
        switch (head)
        {
            // A student knows the times of its own steps only.
            case FlowMatchingHeadConfig { Time: GridFlowTime } student:
                yield return ($"flow distilled to {student.SamplingSteps}", [student.SamplingSteps], _ => student with { StartNoiseScale = scale });
                break;
            case FlowMatchingHeadConfig flow:
                yield return ("flow, Euler", steps, number => flow with { SamplingSteps = number, StartNoiseScale = scale });
                break;
            case DiffusionHeadConfig diffusion:
                DiffusionHeadConfig own = diffusion with { StartNoiseScale = scale };
                yield return ("DDPM", steps, number => own with { Sampler = new DdpmSampler { Steps = number } });
                yield return ("DDIM", steps, number => own with { Sampler = new DdimSampler { Steps = number } });
                // It divides the schedule's steps and one more, so it has one fewer.
                yield return ("DPM-Solver++", [.. steps.Select(number => Math.Min(number, own.Schedule.TrainingSteps - 1))], number => own with { Sampler = new DpmSolverSampler { Steps = number } });
                break;
            default:
                throw new ArgumentException($"The policy in '{folder}' has a {head.GetType().Name}. Give policies that sample from noise step by step: diffusion or flow matching.");
        }
    }
}
