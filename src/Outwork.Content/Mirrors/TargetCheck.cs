using Outwork.Trust.Metadata;
using Outwork.Trust.Workflow;

namespace Outwork.Content.Mirrors;

/// <summary>Whether bytes are the file that was signed.</summary>
internal static class TargetCheck
{
    /// <summary>True when a file is there and is the signed one.</summary>
    public static async Task<bool> IsThereAsync(TargetFile target, string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            return false;
        await using FileStream file = File.OpenRead(path);
        return file.Length == target.Length && await target.Hashes.MatchAsync(file, cancellation);
    }

    /// <summary>Null when the stream, from here on, is the signed file.</summary>
    public static async Task<TrustRefusal?> FindFaultAsync(FoundStep found, FileStream file, CancellationToken cancellation)
    {
        if (file.Length != found.Target.Length)
            return Refuse(found, TrustRefusalCode.ArbitrarySoftware, $"it has {file.Length} bytes and must have {found.Target.Length}");
        return await found.Target.Hashes.MatchAsync(file, cancellation)
            ? null : Refuse(found, TrustRefusalCode.ArbitrarySoftware, "its digest is another than the signed one");
    }

    /// <summary>The refusal for a file that did not come.</summary>
    public static TrustRefusal Refuse(FoundStep found, TrustAnswer answer) => Refuse(
        found,
        answer.Kind switch
        {
            AnswerKind.Missing => TrustRefusalCode.TargetMissing,
            AnswerKind.TooLong => TrustRefusalCode.EndlessData,
            AnswerKind.TooSlow => TrustRefusalCode.SlowRetrieval,
            _ => TrustRefusalCode.Unreachable,
        },
        answer.Reason);

    private static TrustRefusal Refuse(FoundStep found, TrustRefusalCode code, string reason) => TrustRefusal.Create(code, found.Role, found.Path, reason);
}
