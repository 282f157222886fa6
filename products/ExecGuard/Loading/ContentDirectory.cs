namespace Outwork.Products.ExecGuard.Loading;

/// <summary>
/// Lists what a content directory holds and refuses what it must not: too much, lists whose name does not say what they
/// are for, and symbolic links that lead out. Names that mean nothing to ExecGuard and hidden ones are passed over.
/// </summary>
internal static class ContentDirectory
{
    private const string Lists = "lists";

    /// <summary>The files to read, sorted by name. May throw what the file system throws.</summary>
    /// <param name="directory">The content directory; may itself be a symbolic link.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static IReadOnlyList<ContentFile> List(string directory, List<ContentFault> faults)
    {
        var files = new List<ContentFile>();
        int entries = Add(directory, "", files, faults);
        var lists = new DirectoryInfo(Path.Combine(directory, Lists));
        if (lists.LinkTarget is not null)
            faults.Add(new ContentFault(Lists, 0, "must be a directory, not a symbolic link"));
        else if (lists.Exists)
            entries += Add(lists.FullName, Lists + "/", files, faults);
        if (entries > ContentLimits.Entries)
            faults.Add(new ContentFault(".", 0, $"more than {ContentLimits.Entries} files"));
        Limit(files, faults, ContentLimits.RuleFiles, "YARA files", kind => kind == ContentFileKind.Rules);
        Limit(files, faults, ContentLimits.ListFiles, "lists", kind => kind is ContentFileKind.DenyList or ContentFileKind.AllowList);
        if (files.Where(file => file.Kind == ContentFileKind.Rules).Sum(file => file.Length) > ContentLimits.RuleFilesLength)
            faults.Add(new ContentFault(".", 0, $"the YARA files are larger than {ContentLimits.RuleFilesLength} bytes together"));
        files.Sort((x, y) => string.CompareOrdinal(x.Name, y.Name));
        return files;
    }

    private static int Add(string directory, string prefix, List<ContentFile> files, List<ContentFault> faults)
    {
        int entries = 0;
        foreach (FileInfo entry in new DirectoryInfo(directory).EnumerateFiles())
        {
            if (++entries > ContentLimits.Entries)
                break;
            string name = prefix + entry.Name;
            if (entry.Name[0] == '.' || Kind(name, faults) is not { } kind)
                continue;
            if (Resolve(entry) is not { } file)
            {
                faults.Add(new ContentFault(name, 0, "is a symbolic link; it may only lead to a file beside it, by its bare name"));
                continue;
            }

            long limit = LengthLimit(kind);
            if (file.Length > limit)
                faults.Add(new ContentFault(name, 0, $"is larger than {limit} bytes"));
            else
                files.Add(new ContentFile(name, file.FullName, kind, file.Length));
        }

        return entries;
    }

    /// <summary>
    /// The file itself, or the one beside it that the link names. Anything longer is refused: what a path with slashes leads
    /// to is only known to the kernel.
    /// </summary>
    private static FileInfo? Resolve(FileInfo entry)
    {
        if (entry.LinkTarget is not { } target)
            return entry;
        if (target.Contains('/') || target is "." or "..")
            return null;
        var beside = new FileInfo(Path.Combine(entry.DirectoryName ?? "", target));
        return beside.LinkTarget is null && beside.Exists ? beside : null;
    }

    private static ContentFileKind? Kind(string name, List<ContentFault> faults)
    {
        bool isList = name.StartsWith(Lists + "/", StringComparison.Ordinal);
        if (!isList && name == "execguard.json")
            return ContentFileKind.Manifest;
        if (!isList && (name.EndsWith(".yar", StringComparison.Ordinal) || name.EndsWith(".yara", StringComparison.Ordinal)))
            return ContentFileKind.Rules;
        if (!name.EndsWith(".sha256", StringComparison.Ordinal))
            return null;
        if (isList ? name.EndsWith(".deny.sha256", StringComparison.Ordinal) : name == "deny.sha256")
            return ContentFileKind.DenyList;
        if (isList ? name.EndsWith(".allow.sha256", StringComparison.Ordinal) : name == "allow.sha256")
            return ContentFileKind.AllowList;
        faults.Add(new ContentFault(
            name, 0, "the name does not say what the list is for; use deny.sha256, allow.sha256, lists/NAME.deny.sha256 or lists/NAME.allow.sha256"));
        return null;
    }

    private static long LengthLimit(ContentFileKind kind) => kind switch
    {
        ContentFileKind.Manifest => ContentLimits.ManifestLength,
        ContentFileKind.Rules => ContentLimits.RuleFileLength,
        _ => ContentLimits.ListFileLength,
    };

    private static void Limit(List<ContentFile> files, List<ContentFault> faults, int limit, string what, Predicate<ContentFileKind> kinds)
    {
        if (files.Count(file => kinds(file.Kind)) > limit)
            faults.Add(new ContentFault(".", 0, $"more than {limit} {what}"));
    }
}
