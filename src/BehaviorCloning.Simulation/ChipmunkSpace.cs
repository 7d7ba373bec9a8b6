using System.Runtime.InteropServices;

namespace BehaviorCloning.Simulation;

/// <summary>Owns a Chipmunk space with all bodies and shapes that were added to it, and frees them together.</summary>
internal sealed class ChipmunkSpace : SafeHandle
{
    private readonly List<nint> shapes = [];
    private readonly List<nint> bodies = [];

    /// <summary>An empty space without gravity, with Chipmunk's defaults.</summary>
    /// <param name="damping">The share of its velocity that a body keeps a second.</param>
    /// <exception cref="DllNotFoundException">Chipmunk is not installed; the message says how to install it.</exception>
    public ChipmunkSpace(double damping)
        : base(0, ownsHandle: true)
    {
        Chipmunk.Require();
        SetHandle(Chipmunk.cpSpaceNew());
        Chipmunk.cpSpaceSetDamping(handle, damping);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The native space, for calls while this object is alive.</summary>
    public nint Pointer => handle;

    /// <summary>A wall: a fixed segment of some thickness.</summary>
    public void AddWall(Vect from, Vect to, double radius) =>
        AddShape(Chipmunk.cpSegmentShapeNew(Chipmunk.cpSpaceGetStaticBody(handle), from, to, radius));

    /// <summary>A disc that moves as it is told and is never pushed.</summary>
    public nint AddKinematicDisc(Vect position, double radius)
    {
        nint body = Chipmunk.cpBodyNewKinematic();
        bodies.Add(body);
        Chipmunk.cpBodySetPosition(body, position);
        Chipmunk.cpSpaceAddBody(handle, body);
        AddShape(Chipmunk.cpCircleShapeNew(body, radius, default));
        return body;
    }

    /// <summary>A body that is pushed, made of convex polygons.</summary>
    public unsafe nint AddPolygons(double mass, double moment, Vect centerOfGravity, Vect position, params ReadOnlySpan<Vect[]> polygons)
    {
        nint body = Chipmunk.cpBodyNew(mass, moment);
        bodies.Add(body);
        Span<nint> added = stackalloc nint[polygons.Length];
        for (int i = 0; i < polygons.Length; i++)
        {
            fixed (Vect* vertices = polygons[i])
                added[i] = Chipmunk.cpPolyShapeNew(body, polygons[i].Length, vertices, Transform.Identity, 0);
        }

        Chipmunk.cpBodySetCenterOfGravity(body, centerOfGravity);
        Chipmunk.cpBodySetPosition(body, position);
        Chipmunk.cpSpaceAddBody(handle, body);
        foreach (nint shape in added) AddShape(shape);
        return body;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        // The space first: freeing it still visits its bodies.
        Chipmunk.cpSpaceFree(handle);
        foreach (nint shape in shapes) Chipmunk.cpShapeFree(shape);
        foreach (nint body in bodies) Chipmunk.cpBodyFree(body);
        return true;
    }

    private void AddShape(nint shape)
    {
        shapes.Add(shape);
        Chipmunk.cpSpaceAddShape(handle, shape);
    }
}
