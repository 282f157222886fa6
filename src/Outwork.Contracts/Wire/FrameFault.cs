namespace Outwork.Contracts.Wire;

/// <summary>Why a frame was refused. Decoders return it; they never throw, whatever the bytes.</summary>
public enum FrameFault : byte
{
    /// <summary>The frame is well formed.</summary>
    None = 0,

    /// <summary>Fewer bytes than the type's fixed part.</summary>
    TooShort = 1,

    /// <summary>The length field is not the number of bytes, not a multiple of 8, or above the limit.</summary>
    BadLength = 2,

    /// <summary>The version is not 1.</summary>
    UnsupportedVersion = 3,

    /// <summary>The type is unknown, or not one for this direction.</summary>
    UnexpectedType = 4,

    /// <summary>A field runs beyond the frame, or one that may occur once occurs twice.</summary>
    BadField = 5,

    /// <summary>A value is outside of its range.</summary>
    BadValue = 6,
}
