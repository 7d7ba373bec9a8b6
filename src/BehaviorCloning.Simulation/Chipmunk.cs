using System.Runtime.InteropServices;

namespace BehaviorCloning.Simulation;

/// <summary>A point or vector of the plane, laid out as Chipmunk's <c>cpVect</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Vect(double X, double Y)
{
    public static Vect operator +(Vect a, Vect b) => new(a.X + b.X, a.Y + b.Y);

    public static Vect operator -(Vect a, Vect b) => new(a.X - b.X, a.Y - b.Y);

    public static Vect operator *(Vect a, double s) => new(a.X * s, a.Y * s);

    /// <summary>The length of the vector.</summary>
    public double Length => Math.Sqrt((X * X) + (Y * Y));
}

/// <summary>An affine map, laid out as Chipmunk's <c>cpTransform</c> (column-major).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Transform(double A, double B, double C, double D, double Tx, double Ty)
{
    public static Transform Identity => new(1, 0, 0, 1, 0, 0);
}

/// <summary>
/// The functions of the Chipmunk 7 physics library that the worlds need, under their own names. Every signature is blittable.
/// Getters and setters of a few nanoseconds skip the garbage collector's transition; stepping does not, since it may take longer.
/// </summary>
internal static partial class Chipmunk
{
    private const string Library = "chipmunk";
    private static readonly string[] FileNames = ["libchipmunk.so.7", "libchipmunk.so", "libchipmunk.7.dylib", "libchipmunk.dylib", "chipmunk.dll"];
    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>Makes sure that the library is there, with a message that says what to install where it is not.</summary>
    /// <exception cref="DllNotFoundException">It is missing.</exception>
    public static void Require() => _ = Handle.Value;

    private static nint Load()
    {
        foreach (string name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, typeof(Chipmunk).Assembly, searchPath: null, out nint handle))
            {
                NativeLibrary.SetDllImportResolver(typeof(Chipmunk).Assembly, (library, _, _) => library == Library ? handle : 0);
                StandardOutput.Silence(() => cpSpaceFree(cpSpaceNew()));
                return handle;
            }
        }

        throw new DllNotFoundException(
            $"The physics library Chipmunk 7 was not found (looked for {string.Join(", ", FileNames)}). " +
            "Install it: 'apt-get install libchipmunk7' on Debian and Ubuntu.");
    }

    [LibraryImport(Library)]
    public static partial nint cpSpaceNew();

    [LibraryImport(Library)]
    public static partial void cpSpaceFree(nint space);

    [LibraryImport(Library)]
    public static partial void cpSpaceSetDamping(nint space, double damping);

    [LibraryImport(Library)]
    public static partial nint cpSpaceGetStaticBody(nint space);

    [LibraryImport(Library)]
    public static partial nint cpSpaceAddShape(nint space, nint shape);

    [LibraryImport(Library)]
    public static partial nint cpSpaceAddBody(nint space, nint body);

    [LibraryImport(Library)]
    public static partial void cpSpaceStep(nint space, double timeStep);

    [LibraryImport(Library)]
    public static partial nint cpBodyNew(double mass, double moment);

    [LibraryImport(Library)]
    public static partial nint cpBodyNewKinematic();

    [LibraryImport(Library)]
    public static partial void cpBodyFree(nint body);

    [LibraryImport(Library)]
    public static partial void cpBodySetCenterOfGravity(nint body, Vect centerOfGravity);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial Vect cpBodyGetPosition(nint body);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial void cpBodySetPosition(nint body, Vect position);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial Vect cpBodyGetVelocity(nint body);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial void cpBodySetVelocity(nint body, Vect velocity);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial double cpBodyGetAngle(nint body);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial void cpBodySetAngle(nint body, double angle);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial double cpBodyGetAngularVelocity(nint body);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial void cpBodySetAngularVelocity(nint body, double angularVelocity);

    [LibraryImport(Library)]
    public static partial nint cpCircleShapeNew(nint body, double radius, Vect offset);

    [LibraryImport(Library)]
    public static partial nint cpSegmentShapeNew(nint body, Vect a, Vect b, double radius);

    [LibraryImport(Library)]
    public static unsafe partial nint cpPolyShapeNew(nint body, int count, Vect* vertices, Transform transform, double radius);

    [LibraryImport(Library)]
    public static partial void cpShapeFree(nint shape);
}
