using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class ElementwiseCases
{
    public static void Define(CaseTable table)
    {
        table.Op("exp", x => x.exp(), x => torch.exp(x), x => InPlace(x, t => t.exp_()));
        table.Op("expm1", x => x.expm1(), x => torch.expm1(x),
            x => InPlace(x, t => t.expm1_()),
            x => special.expm1(x));
        table.Op("log", x => x.log(), x => torch.log(x), x => InPlace(x, t => t.log_()));
        table.Op("log1p", x => x.log1p(), x => torch.log1p(x),
            x => InPlace(x, t => t.log1p_()));
        table.Op("log2", x => x.log2(), x => torch.log2(x),
            x => InPlace(x, t => t.log2_()));
        table.Op("sin", x => x.sin(), x => torch.sin(x),
            x => InPlace(x, t => t.sin_()));
        table.Op("cos", x => x.cos(), x => torch.cos(x),
            x => InPlace(x, t => t.cos_()));
        table.Op("tan", x => x.tan(), x => torch.tan(x),
            x => InPlace(x, t => t.tan_()));
        table.Op("atan2", (x, y) => x.atan2(y), (x, y) => torch.atan2(x, y),
            (x, y) => InPlace(x, t => t.atan2_(y)));
        table.Op("abs", x => x.abs(), x => torch.abs(x), x => InPlace(x, t => t.abs_()));
        table.Op("sqrt", x => x.sqrt(), x => torch.sqrt(x), x => InPlace(x, t => t.sqrt_()));
        table.Op("rsqrt", x => x.rsqrt(), x => torch.rsqrt(x),
            x => InPlace(x, t => t.rsqrt_()));
        table.Op("square", x => x.square(), x => torch.square(x));
        table.Op("pow", (x, y) => x.pow(y), (x, y) => torch.pow(x, y), (x, y) => InPlace(x, t => t.pow_(y)));
        table.Op("pow.scalar", x => x.pow(2.5), x => torch.pow(x, 2.5), x => InPlace(x, t => t.pow_(2.5)));
        table.Op("pow.cube", x => x.pow(3), x => torch.pow(x, 3));
        table.Op("erf", x => x.erf(), x => torch.erf(x),
            x => InPlace(x, t => t.erf_()),
            x => special.erf(x));
        table.Op("erfinv", x => x.erfinv(), x => torch.erfinv(x),
            x => InPlace(x, t => t.erfinv_()),
            x => special.erfinv(x));
        table.Op("round", x => x.round(), x => torch.round(x),
            x => InPlace(x, t => t.round_()));
        table.Op("round.decimals", x => x.round(1), x => torch.round(x, 1),
            x => InPlace(x, t => t.round_(1)));
        table.Op("floor", x => x.floor(), x => torch.floor(x),
            x => InPlace(x, t => t.floor_()));
        table.Op("ceil", x => x.ceil(), x => torch.ceil(x),
            x => InPlace(x, t => t.ceil_()));
        table.Op("trunc", x => x.trunc(), x => torch.trunc(x),
            x => InPlace(x, t => t.trunc_()));
        table.Op("frac", x => x.frac(), x => torch.frac(x),
            x => InPlace(x, t => t.frac_()));
        table.Op("sign", x => x.sign(), x => torch.sign(x),
            x => InPlace(x, t => t.sign_()));
        table.Op("logit", x => x.logit(), x => torch.logit(x),
            x => special.logit(x));
        table.Op("logit.eps", x => x.logit(0.111), x => torch.logit(x, 0.111));
        table.Op("logaddexp", (x, y) => x.logaddexp(y), (x, y) => torch.logaddexp(x, y));
        table.Op("clamp", x => x.clamp(-0.7, 1.1), x => torch.clamp(x, -0.7, 1.1), x => x.clip(-0.7, 1.1), x => torch.clip(x, -0.7, 1.1),
            x => InPlace(x, t => t.clamp_(-0.7, 1.1)));
        table.Op("clamp.tensor", (x, a, b) => x.clamp(a, b), (x, a, b) => torch.clamp(x, a, b), (x, a, b) => InPlace(x, t => t.clamp_(a, b)));
        table.Op("clamp_min", x => x.clamp_min(-0.7), x => torch.clamp_min(x, -0.7), x => x.clamp(min: (Scalar)(-0.7)),
            x => InPlace(x, t => t.clamp_min_(-0.7)));
        table.Op("clamp_max", x => x.clamp_max(0.7), x => torch.clamp_max(x, 0.7), x => x.clamp(max: (Scalar)0.7),
            x => InPlace(x, t => t.clamp_max_(0.7)));
    }
}

internal static class ActivationCases
{
    public static void Define(CaseTable table)
    {
        table.Op("tanh", x => x.tanh(), x => torch.tanh(x), x => nn.functional.tanh(x), x => InPlace(x, t => t.tanh_()), x => Through(x, t => nn.functional.tanh(t, true)));
        table.Op("sigmoid", x => x.sigmoid(), x => torch.sigmoid(x), x => nn.functional.sigmoid(x), x => InPlace(x, t => t.sigmoid_()),
            x => Through(x, t => nn.functional.sigmoid(t, true)),
            x => special.sigmoid(x), x => special.expit(x));
        table.Op("relu", x => x.relu(), x => nn.functional.relu(x), x => InPlace(x, t => t.relu_()), x => Through(x, t => nn.functional.relu(t, true)));
        table.Op("relu6", x => x.relu6(), x => nn.functional.relu6(x), x => Through(x, t => nn.functional.relu6(t, true)),
            x => InPlace(x, t => t.relu6_()));
        table.Op("leaky_relu", x => x.leaky_relu(0.2), x => nn.functional.leaky_relu(x, 0.2), x => Through(x, t => nn.functional.leaky_relu(t, 0.2, true)),
            x => InPlace(x, t => t.leaky_relu_(0.2)));
        table.Op("elu", x => x.elu(0.7), x => nn.functional.elu(x, 0.7), x => Through(x, t => nn.functional.elu(t, 0.7, true)),
            x => InPlace(x, t => t.elu_(0.7)));
        table.Op("elu.scaled", x => x.elu(0.7, 1.3, 0.9));
        table.Op("celu", x => x.celu());
        table.Op("celu.alpha", x => x.celu(0.7));
        table.Op("gelu", x => x.gelu(), x => nn.functional.gelu(x), x => nn.functional.gelu(x, false), x => Through(x, t => nn.functional.gelu(t, true)),
            x => InPlace(x, t => t.gelu_()));
        table.Op("silu", x => x.silu(), x => nn.functional.silu(x), x => InPlace(x, t => t.silu_()), x => Through(x, t => nn.functional.silu(t, true)));
        table.Op("mish", x => nn.functional.mish(x), x => Through(x, t => nn.functional.mish(t, true)));
        table.Op("softplus", x => x.softplus(2, 3), x => nn.functional.softplus(x, 2, 3));
        table.Op("hardtanh", x => nn.functional.hardtanh(x, -0.7, 1.1), x => Through(x, t => nn.functional.hardtanh(t, -0.7, 1.1, true)),
            x => x.hardtanh(-0.7, 1.1));
        table.Op("glu", x => nn.functional.glu(x, 1),
            x => x.glu(1));
    }
}
