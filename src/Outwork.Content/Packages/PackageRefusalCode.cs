namespace Outwork.Content.Packages;

/// <summary>Why a package, or a folder that one is to be built from, is refused. The names are part of the interface: docs/packages.md.</summary>
public enum PackageRefusalCode : byte
{
    /// <summary>It does not begin as a package does.</summary>
    NotAPackage = 1,

    /// <summary>It is compressed.</summary>
    Compressed,

    /// <summary>The manifest has faults.</summary>
    ManifestInvalid,

    /// <summary>The manifest is longer than it may be.</summary>
    ManifestTooLarge,

    /// <summary>A file name begins at the root of a file system or drive.</summary>
    AbsoluteName,

    /// <summary>A file name leads out of the package.</summary>
    PathTraversal,

    /// <summary>A file name has characters or parts that not every system takes as they are.</summary>
    NameNotPortable,

    /// <summary>A file name is longer or deeper than it may be.</summary>
    NameTooLong,

    /// <summary>Two names are the same on a system that does not tell capitals from small letters, or one is both file and folder.</summary>
    DuplicateName,

    /// <summary>The files are not in the order of their names.</summary>
    NotSorted,

    /// <summary>A symbolic or hard link.</summary>
    Link,

    /// <summary>A device, pipe or socket.</summary>
    SpecialFile,

    /// <summary>An entry of the archive that the format has no use for, such as an extended header or a sparse file.</summary>
    ForeignEntry,

    /// <summary>A file is larger than it may be.</summary>
    FileTooLarge,

    /// <summary>All files together are larger than they may be.</summary>
    PackageTooLarge,

    /// <summary>There are more files, or folders, than there may be.</summary>
    TooManyFiles,

    /// <summary>A header is damaged, or says more than the format lets it say: an owner, a time, other permissions.</summary>
    HeaderInvalid,

    /// <summary>A header tells another size than the manifest.</summary>
    SizeMismatch,

    /// <summary>A file's bytes are not those that the manifest tells.</summary>
    DigestMismatch,

    /// <summary>A file of the manifest is not in the archive.</summary>
    MissingFile,

    /// <summary>A file of the archive is not in the manifest.</summary>
    UnexpectedFile,

    /// <summary>The bytes between a file's end and the next header are not zero.</summary>
    PaddingInvalid,

    /// <summary>It ends in the middle.</summary>
    Truncated,

    /// <summary>Something follows its end.</summary>
    TrailingData,

    /// <summary>The package's digest is not the one that was asked for.</summary>
    WrongPackage,

    /// <summary>A file of the folder changed while the package was built.</summary>
    SourceChanged,

    /// <summary>There is no such file or folder, or it may not be read.</summary>
    Unreadable,
}
