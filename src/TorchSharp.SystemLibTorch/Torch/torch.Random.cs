using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static long seed() => random.seed();

    public static long initial_seed() => random.initial_seed();

    public static Tensor get_rng_state() => random.get_rng_state();

    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);

    // One random number at a time.

    public static bool randint_bool(Generator? generator = null) => randint_long(0, 2, generator) == 1;

    public static int randint_int(int high, Generator? generator = null) => (int)randint_long(0, high, generator);

    public static int randint_int(int low, int high, Generator? generator = null) => (int)randint_long(low, high, generator);

    public static long randint_long(long high, Generator? generator = null) => randint_long(0, high, generator);

    public static long randint_long(long low, long high, Generator? generator = null)
    {
        using var number = randint(low, high, Array.Empty<long>(), generator: generator);
        return number.ToInt64();
    }

    public static double rand_float(Generator? generator = null)
    {
        using var number = rand(Array.Empty<long>(), generator: generator);
        return number.ToDouble();
    }

    public static double randn_float(Generator? generator = null)
    {
        using var number = randn(Array.Empty<long>(), generator: generator);
        return number.ToDouble();
    }

    public static partial class random
    {
        public static long seed() => Generator.Default.seed();

        public static long initial_seed() => Generator.Default.initial_seed();

        /// <summary>Seeds the default generators of all devices.</summary>
        public static Generator manual_seed(long seed)
        {
            NativeError.Check(NativeMethods.shim_manual_seed((ulong)seed));
            return Generator.Default;
        }

        public static Tensor get_rng_state() => Generator.Default.get_state();

        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }

    public class Generator : IDisposable
    {
        private IntPtr handle;

        public Generator(ulong seed = 0, Device? device = null)
            : this(NativeError.Check(NativeMethods.shim_generator_create(seed, (device ?? CPU).Packed)), device ?? CPU)
        {
        }

        private Generator(IntPtr handle, Device device)
        {
            this.handle = handle;
            this.device = device;
        }

        ~Generator() => Dispose(false);

        public IntPtr Handle
        {
            get
            {
                ObjectDisposedException.ThrowIf(handle == IntPtr.Zero, this);
                return handle;
            }
        }

        public Device device { get; private set; }

        /// <summary>The CPU's default generator, from which operators draw when none is given.</summary>
        public static Generator Default => new(NativeError.Check(NativeMethods.shim_generator_default(CPU.Packed)), CPU);

        public Tensor get_state() => new(NativeError.Check(NativeMethods.shim_generator_state(Handle)));

        public void set_state(Tensor value)
        {
            NativeError.Check(NativeMethods.shim_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(value);
        }

        public Generator manual_seed(long seed)
        {
            NativeError.Check(NativeMethods.shim_generator_manual_seed(Handle, (ulong)seed));
            return this;
        }

        /// <summary>Seeds from entropy and returns the seed.</summary>
        public unsafe long seed()
        {
            ulong seed;
            NativeError.Check(NativeMethods.shim_generator_seed(Handle, &seed));
            return (long)seed;
        }

        public unsafe long initial_seed()
        {
            ulong seed;
            NativeError.Check(NativeMethods.shim_generator_initial_seed(Handle, &seed));
            return (long)seed;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var native = Interlocked.Exchange(ref handle, IntPtr.Zero);
            if (native != IntPtr.Zero)
                NativeMethods.shim_generator_free(native);
        }
    }
}
