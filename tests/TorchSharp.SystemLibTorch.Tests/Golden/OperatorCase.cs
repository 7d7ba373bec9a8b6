using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>One line of the golden table: every way this engine offers to say the same operator.</summary>
/// <param name="Name">The name under which golden/*.py recorded it.</param>
/// <param name="Variants">Method, static function, operator, in-place form: each is checked on its own.</param>
/// <param name="Exact">Bit for bit: random numbers, creation, conversion, comparison.</param>
internal sealed record OperatorCase(string Name, IReadOnlyList<Func<Tensor[], Outputs>> Variants, bool Exact);

/// <summary>Collects cases; the overloads of <c>Op</c> differ in how many inputs the operator takes.</summary>
internal sealed class CaseTable
{
    private readonly Dictionary<string, OperatorCase> _cases = [];
    private bool _exact;

    public IReadOnlyDictionary<string, OperatorCase> Cases => _cases;

    public CaseTable Closely(Action<CaseTable> group) => Group(group, exact: false);

    public CaseTable Exactly(Action<CaseTable> group) => Group(group, exact: true);

    public void Op(string name, params Func<Outputs>[] variants) =>
        Add(name, variants.Select(variant => new Func<Tensor[], Outputs>(_ => variant())));

    public void Op(string name, params Func<Tensor, Outputs>[] variants) =>
        Add(name, variants.Select(variant => new Func<Tensor[], Outputs>(x => variant(x[0]))));

    public void Op(string name, params Func<Tensor, Tensor, Outputs>[] variants) =>
        Add(name, variants.Select(variant => new Func<Tensor[], Outputs>(x => variant(x[0], x[1]))));

    public void Op(string name, params Func<Tensor, Tensor, Tensor, Outputs>[] variants) =>
        Add(name, variants.Select(variant => new Func<Tensor[], Outputs>(x => variant(x[0], x[1], x[2]))));

    public void Op(string name, params Func<Tensor, Tensor, Tensor, Tensor, Outputs>[] variants) =>
        Add(name, variants.Select(variant => new Func<Tensor[], Outputs>(x => variant(x[0], x[1], x[2], x[3]))));

    public void Op(string name, params Func<Tensor, Tensor, Tensor, Tensor, Tensor, Outputs>[] variants) =>
        Add(name, variants.Select(variant => new Func<Tensor[], Outputs>(x => variant(x[0], x[1], x[2], x[3], x[4]))));

    /// <summary>An in-place operator: runs on a copy, and must return the very tensor it was called on.</summary>
    public static Tensor InPlace(Tensor original, Func<Tensor, Tensor> change)
    {
        Tensor copy = original.clone();
        Tensor result = change(copy);
        Assert.Same(copy, result);
        return result;
    }

    /// <summary>An in-place function: runs on a copy, and must leave its result there too.</summary>
    public static Tensor Through(Tensor original, Func<Tensor, Tensor> change)
    {
        Tensor copy = original.clone();
        Tensor result = change(copy);
        Agreement.Exactly(copy, result.detach(), "what an in-place function was given");
        return result;
    }

    private CaseTable Group(Action<CaseTable> group, bool exact)
    {
        _exact = exact;
        group(this);
        return this;
    }

    private void Add(string name, IEnumerable<Func<Tensor[], Outputs>> variants) =>
        _cases.Add(name, new OperatorCase(name, [.. variants], _exact));
}
