using System.Runtime.CompilerServices;

// Everything that crosses to native code is blittable, so no marshalling stubs are wanted.
[assembly: DisableRuntimeMarshalling]
[module: SkipLocalsInit]
