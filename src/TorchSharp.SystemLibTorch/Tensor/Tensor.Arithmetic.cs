namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Aten.add_Tensor.Call(this, target);
        public Tensor add(Tensor target, Scalar alpha) => Aten.add_Tensor.Call(this, target, alpha);
        public Tensor add(Scalar scalar) => Aten.add_Scalar.Call(this, scalar);
        public Tensor add(Scalar scalar, Scalar alpha) => Aten.add_Scalar.Call(this, scalar, alpha);
        public Tensor add_(Tensor target) => Aten.add__Tensor.CallInPlace(this, target);
        public Tensor add_(Tensor target, Scalar alpha) => Aten.add__Tensor.CallInPlace(this, target, alpha);
        public Tensor add_(Scalar scalar) => Aten.add__Scalar.CallInPlace(this, scalar);
        public Tensor add_(Scalar scalar, Scalar alpha) => Aten.add__Scalar.CallInPlace(this, scalar, alpha);
        public Tensor sub(Tensor target) => Aten.sub_Tensor.Call(this, target);
        public Tensor sub(Scalar target) => Aten.sub_Scalar.Call(this, target);
        public Tensor sub_(Tensor target) => Aten.sub__Tensor.CallInPlace(this, target);
        public Tensor sub_(Scalar target) => Aten.sub__Scalar.CallInPlace(this, target);
        public Tensor mul(Tensor target) => Aten.mul_Tensor.Call(this, target);
        public Tensor mul(Scalar target) => Aten.mul_Scalar.Call(this, target);
        public Tensor mul_(Tensor target) => Aten.mul__Tensor.CallInPlace(this, target);
        public Tensor mul_(Scalar target) => Aten.mul__Scalar.CallInPlace(this, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None ? Aten.div_Tensor.Call(this, target) : Aten.div_Tensor_mode.Call(this, target, Name(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None ? Aten.div_Scalar.Call(this, target) : Aten.div_Scalar_mode.Call(this, target, Name(rounding_mode));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None ? Aten.div__Tensor.CallInPlace(this, target) : Aten.div__Tensor_mode.CallInPlace(this, target, Name(rounding_mode));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
            => rounding_mode == RoundingMode.None ? Aten.div__Scalar.CallInPlace(this, target) : Aten.div__Scalar_mode.CallInPlace(this, target, Name(rounding_mode));

        public Tensor matmul(Tensor target) => Aten.matmul.Call(this, target);
        public Tensor mm(Tensor target) => Aten.mm.Call(this, target);
        public Tensor bmm(Tensor batch2) => Aten.bmm.Call(this, batch2);
        public Tensor mv(Tensor target) => Aten.mv.Call(this, target);
        public Tensor dot(Tensor target) => Aten.dot.Call(this, target);
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Aten.addmm.Call(this, mat1, mat2, beta, alpha);
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Aten.baddbmm.Call(this, batch1, batch2, beta, alpha);
        public Tensor outer(Tensor vec2) => Aten.outer.Call(this, vec2);
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcmul.Call(this, tensor1, tensor2, value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcmul_.CallInPlace(this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcdiv.Call(this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Aten.addcdiv.Call(this, tensor1, tensor2);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.addcdiv_.CallInPlace(this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Aten.addcdiv_.CallInPlace(this, tensor1, tensor2);
        public Tensor lerp(Tensor end, Tensor weight) => Aten.lerp_Tensor.Call(this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => Aten.lerp__Tensor.CallInPlace(this, end, weight);
        public Tensor neg() => Aten.neg.Call(this);
        public Tensor reciprocal() => Aten.reciprocal.Call(this);
        public Tensor remainder(Tensor target) => Aten.remainder_Tensor.Call(this, target);
        public Tensor remainder(Scalar scalar) => Aten.remainder_Scalar.Call(this, scalar);
        public Tensor fmod(Tensor target) => Aten.fmod_Tensor.Call(this, target);
        public Tensor fmod(Scalar scalar) => Aten.fmod_Scalar.Call(this, scalar);
        public Tensor floor_divide(Tensor other) => Aten.floor_divide.Call(this, other);
        public Tensor floor_divide(Scalar other) => Aten.floor_divide_Scalar.Call(this, other);
        public Tensor subtract(Tensor target) => sub(target);
        public Tensor subtract(Scalar target) => sub(target);
        public Tensor multiply(Tensor target) => mul(target);
        public Tensor multiply(Scalar target) => mul(target);
        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Aten.addmm_.CallInPlace(this, mat1, mat2, beta, alpha);
        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1.0f, float alpha = 1.0f) => Aten.addmv.Call(this, mat, vec, beta, alpha);
        public Tensor addr(Tensor vec1, Tensor vec2, float beta = 1.0f, float alpha = 1.0f) => Aten.addr.Call(this, vec1, vec2, beta, alpha);
        public Tensor remainder_(Tensor target) => Aten.remainder__Tensor.CallInPlace(this, target);
        public Tensor remainder_(Scalar scalar) => Aten.remainder__Scalar.CallInPlace(this, scalar);
        public Tensor fmod_(Tensor target) => Aten.fmod__Tensor.CallInPlace(this, target);
        public Tensor fmod_(Scalar scalar) => Aten.fmod__Scalar.CallInPlace(this, scalar);
        public Tensor floor_divide_(Tensor other) => Aten.floor_divide__Tensor.CallInPlace(this, other);
        public Tensor floor_divide_(Scalar other) => Aten.floor_divide__Scalar.CallInPlace(this, other);
        public Tensor inner(Tensor vec2) => Aten.inner.Call(this, vec2);
        public Tensor vdot(Tensor target) => Aten.vdot.Call(this, target);
        public Tensor kron(Tensor other) => Aten.kron.Call(this, other);
        public Tensor det() => Aten.det.Call(this);
        public Tensor inverse() => Aten.inverse.Call(this);
        public Tensor pinverse(double rcond = 1e-15, bool hermitian = false) => Aten.linalg_pinv.Call(this, rcond, hermitian);
        public Tensor matrix_exp() => Aten.matrix_exp.Call(this);
        public Tensor matrix_power(int n) => Aten.matrix_power.Call(this, n);
        public Tensor trace() => Aten.trace.Call(this);
        public Tensor tensordot(Tensor b, long dims = 2) => torch.tensordot(this, b, dims);
        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2) => torch.tensordot(this, b, dims1, dims2);

        private static string Name(RoundingMode mode) => mode == RoundingMode.trunc ? "trunc" : "floor";
    }
}
