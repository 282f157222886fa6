namespace Outwork.Products.ExecGuard.Loading;

/// <summary>What a content directory may hold at most. docs/execguard.md lists them; bytes unless said otherwise.</summary>
internal static class ContentLimits
{
    /// <summary>Directory entries, hidden ones included.</summary>
    public const int Entries = 1024;

    /// <summary>YARA files.</summary>
    public const int RuleFiles = 256;

    /// <summary>One YARA file.</summary>
    public const long RuleFileLength = 4 << 20;

    /// <summary>All YARA files together.</summary>
    public const long RuleFilesLength = 32 << 20;

    /// <summary>Lists, deny and allow together.</summary>
    public const int ListFiles = 64;

    /// <summary>One list.</summary>
    public const long ListFileLength = 512L << 20;

    /// <summary>Hashes in all lists together; each costs 36 bytes of memory.</summary>
    public const int ListEntries = 4 << 20;

    /// <summary>One line of a list: a path of 4096 bytes, each escaped.</summary>
    public const int ListLineLength = 8192;

    /// <summary>The manifest.</summary>
    public const long ManifestLength = 64 << 10;

    /// <summary>Faults told for one file; the first are the ones that help.</summary>
    public const int FaultsPerFile = 10;

    /// <summary>How much of a file is scanned when the manifest does not say.</summary>
    public const int DefaultScanLimit = 16 << 20;

    /// <summary>The smallest scan limit.</summary>
    public const int MinScanLimit = 4 << 10;

    /// <summary>The largest scan limit: each of the two judging threads may need that much memory.</summary>
    public const int MaxScanLimit = 64 << 20;
}
