using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.SystemLibTorch.Tests.Golden.CaseTable;

namespace TorchSharp.SystemLibTorch.Tests.Golden.Cases;

internal static class FurtherElementwiseCases
{
    public static void Define(CaseTable table)
    {
        table.Op("acos", x => x.acos(), x => torch.acos(x), x => InPlace(x, t => t.acos_()));
        table.Op("acosh", x => x.acosh(), x => torch.acosh(x));
        table.Op("asin", x => x.asin(), x => torch.asin(x), x => InPlace(x, t => t.asin_()));
        table.Op("asinh", x => x.asinh(), x => torch.asinh(x));
        table.Op("atan", x => x.atan(), x => torch.atan(x), x => InPlace(x, t => t.atan_()));
        table.Op("atanh", x => x.atanh(), x => torch.atanh(x));
        table.Op("cosh", x => x.cosh(), x => torch.cosh(x), x => InPlace(x, t => t.cosh_()));
        table.Op("sinh", x => x.sinh(), x => torch.sinh(x), x => InPlace(x, t => t.sinh_()));
        table.Op("exp2", x => x.exp2(), x => torch.exp2(x), x => special.exp2(x), x => InPlace(x, t => t.exp2_()));
        table.Op("erfc", x => x.erfc(), x => torch.erfc(x), x => special.erfc(x), x => InPlace(x, t => t.erfc_()));
        table.Op("log10", x => x.log10(), x => torch.log10(x), x => InPlace(x, t => t.log10_()));
        table.Op("lgamma", x => x.lgamma(), x => torch.lgamma(x), x => special.gammaln(x));
        table.Op("digamma", x => x.digamma(), x => torch.digamma(x), x => special.digamma(x));
        table.Op("polygamma", x => x.polygamma(1));
        table.Op("i0", x => x.i0(), x => torch.i0(x), x => special.i0(x));
        table.Op("sinc", x => x.sinc(), x => torch.sinc(x), x => special.sinc(x));
        table.Op("sgn", x => x.sgn(), x => torch.sgn(x));
        table.Op("signbit", x => x.signbit(), x => torch.signbit(x));
        table.Op("positive", x => x.positive(), x => torch.positive(x));
        table.Op("deg2rad", x => x.deg2rad(), x => torch.deg2rad(x));
        table.Op("rad2deg", x => x.rad2deg(), x => torch.rad2deg(x));
        table.Op("copysign", (x, y) => x.copysign(y), (x, y) => torch.copysign(x, y));
        table.Op("heaviside", (x, y) => x.heaviside(y), (x, y) => torch.heaviside(x, y));
        table.Op("hypot", (x, y) => x.hypot(y), (x, y) => torch.hypot(x, y));
        table.Op("ldexp", (x, y) => x.ldexp(y), (x, y) => torch.ldexp(x, y));
        table.Op("logaddexp2", (x, y) => x.logaddexp2(y), (x, y) => torch.logaddexp2(x, y));
        table.Op("float_power", (x, y) => x.float_power(y), (x, y) => torch.float_power(x, y));
        table.Op("xlogy", (x, y) => x.xlogy(y), (x, y) => torch.xlogy(x, y));
        table.Op("xlogy.scalar", x => x.xlogy(1.7), x => torch.xlogy(x, 1.7));
        table.Op("threshold", x => x.threshold(0.3, -1));
        table.Op("prelu", (x, w) => x.prelu(w));
        table.Op("selu", x => x.selu(), x => InPlace(x, t => t.selu_()));
        table.Op("hardsigmoid", x => x.hardsigmoid());
        table.Op("hardswish", x => x.hardswish());
        table.Op("logsigmoid", x => x.log_sigmoid());
        table.Op("gelu.tanh", x => nn.functional.gelu(x, Modules.GELU.Approximate.tanh));
        table.Op("entr", x => special.entr(x));
        table.Op("ndtr", x => special.ndtr(x));
        table.Op("ndtri", x => special.ndtri(x));
        table.Op("xlog1py", (x, y) => special.xlog1py(x, y));
        table.Op("complex_magnitude", (x, y) => torch.complex(x, y).abs());
        table.Op("complex_parts", (x, y) => torch.view_as_real(torch.complex(x, y)));
        table.Op("complex_view", x => (x.view_as_complex() * 2).view_as_real(), x => (torch.view_as_complex(x) * 2).view_as_real());
    }
}
