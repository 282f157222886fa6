namespace Outwork.Contracts.Wire;

/// <summary>Sizes that both ends agree on, in bytes.</summary>
public static class FrameLimits
{
    /// <summary>The version of the format.</summary>
    public const byte Version = 1;

    /// <summary>Every frame's length and position is a multiple of this.</summary>
    public const int Alignment = 8;

    /// <summary>The header before each payload.</summary>
    public const int HeaderLength = 32;

    /// <summary>The longest frame from broker to product.</summary>
    public const int MaxEventFrame = 16 * 1024;

    /// <summary>The longest frame from product to broker.</summary>
    public const int MaxReplyFrame = 4 * 1024;

    /// <summary>The longest path, executable or working directory (PATH_MAX of Linux).</summary>
    public const int MaxPath = 4096;

    /// <summary>The longest reason, health message or gap detail. Longer ones are cut.</summary>
    public const int MaxText = 512;

    /// <summary>The longest name: product, rule, content version, container, SHA-256. Longer ones are cut.</summary>
    public const int MaxName = 128;
}
