using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>Makes the file that a <see cref="VerdictMemoryFile"/> lies in. Apart from it, so that the warden loads nothing of the engine.</summary>
public static class VerdictMemoryDescriptor
{
    internal const int HeaderPage = 4_096, DenialPlaces = 4_096, DenialLength = 512, LogLength = 4 * 1024 * 1024;
    internal const int StandingPlaces = 64, StandingLength = 256, StandingsOffset = HeaderPage + (DenialPlaces * DenialLength);

    internal const int LogOffset = StandingsOffset + (StandingPlaces * 2 * StandingLength), Length = LogOffset + LogLength;

    /// <summary>Makes an empty file of fixed size. Takes no memory until it is written.</summary>
    /// <exception cref="LinuxException">Memory or descriptors are exhausted.</exception>
    public static SafeFileHandle Create()
    {
        SafeFileHandle file = SharedRegion.Create("outwork-verdicts", Length - RingLayout.ControlLength);
        SharedRegion.Seal(file, 0);
        return file;
    }
}
