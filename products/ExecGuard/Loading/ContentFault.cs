namespace Outwork.Products.ExecGuard.Loading;

/// <summary>One thing that is wrong with content.</summary>
/// <param name="File">Name relative to the content directory.</param>
/// <param name="Line">Line counted from 1, or 0 when the file as a whole is meant.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
internal sealed record ContentFault(string File, int Line, string Message)
{
    /// <summary>As compilers write it, so that editors find the place.</summary>
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {Message}" : File.Length > 0 ? $"{File}: {Message}" : Message;
}
