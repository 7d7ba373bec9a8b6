using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class backends
    {
        /// <summary>Switches of native/runtime.cpp.</summary>
        private enum Flag
        {
            MatmulTf32,
            CudnnTf32,
            ReducedPrecisionReduction,
            FlashAttention,
            MathAttention,
        }

        private static bool Get(Flag flag) => NativeError.Check(NativeMethods.shim_backend_flag((int)flag)) != 0;

        private static void Set(Flag flag, bool value) => NativeError.Check(NativeMethods.shim_set_backend_flag((int)flag, value ? 1 : 0));

        public static partial class cuda
        {
            public static bool flash_sdp_enabled() => Get(Flag.FlashAttention);

            public static void enable_flash_sdp(bool enable) => Set(Flag.FlashAttention, enable);

            public static bool math_sdp_enabled() => Get(Flag.MathAttention);

            public static void enable_math_sdp(bool enable) => Set(Flag.MathAttention, enable);

            public static partial class matmul
            {
                public static bool allow_tf32
                {
                    get => Get(Flag.MatmulTf32);
                    set => Set(Flag.MatmulTf32, value);
                }

                public static bool allow_fp16_reduced_precision_reduction
                {
                    get => Get(Flag.ReducedPrecisionReduction);
                    set => Set(Flag.ReducedPrecisionReduction, value);
                }
            }
        }

        public static partial class cudnn
        {
            public static bool allow_tf32
            {
                get => Get(Flag.CudnnTf32);
                set => Set(Flag.CudnnTf32, value);
            }
        }
    }
}
