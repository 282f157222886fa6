using System.Text.Json;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Agent.Export;

/// <summary>
/// A decision as File System Activity with the Security Control profile: somebody opens a file, to run it or to read it, and a
/// control lets it or refuses. Not as Process Activity: the process event of what was let run follows by itself and would count twice.
/// </summary>
internal static class OcsfDecision
{
    /// <summary>How much a decision matters.</summary>
    public static OcsfSeverity SeverityOf(DecisionRecord decision)
    {
        if (decision is { Verdict: Verdict.Deny, AheadOfNeed: true })
            return OcsfSeverity.Low;
        if (decision.Verdict == Verdict.Deny)
            return Array.Exists(decision.Votes, static vote => vote.Verdict == Verdict.Deny) ? OcsfSeverity.High : OcsfSeverity.Medium;
        if (decision.Failure != VerdictFailure.None)
            return OcsfSeverity.Medium;
        return decision.WouldBe == Verdict.Deny ? OcsfSeverity.Low : OcsfSeverity.Informational;
    }

    /// <summary>Writes what follows the head.</summary>
    public static void Write(Utf8JsonWriter writer, DecisionRecord decision)
    {
        bool denied = decision is { Verdict: Verdict.Deny, AheadOfNeed: false };
        bool detected = decision is { Verdict: Verdict.Deny, AheadOfNeed: true };
        bool alert = denied || decision.WouldBe == Verdict.Deny;
        writer.WriteNumber(OcsfNames.StatusId, denied ? 2 : 1);
        writer.WriteString(OcsfNames.Status, denied ? "Failure" : "Success");
        writer.WriteNumber(OcsfNames.ActionId, denied ? 2 : 1);
        writer.WriteString(OcsfNames.Action, denied ? "Denied" : "Allowed");
        writer.WriteNumber(OcsfNames.DispositionId, denied ? 2 : alert ? 19 : detected ? 15 : 1);
        writer.WriteString(OcsfNames.Disposition, denied ? "Blocked" : alert ? "Alert" : detected ? "Detected" : "Allowed");
        writer.WriteBoolean(OcsfNames.IsAlert, alert);
        writer.WriteString(OcsfNames.Message, Message(decision, denied));
        WriteActor(writer, decision);
        WriteFile(writer, decision);

        writer.WriteStartObject(OcsfNames.Policy);
        writer.WriteString(OcsfNames.Name, decision.Rule ?? "default");
        writer.WriteString(OcsfNames.Version, decision.PolicyGeneration.ToString());
        writer.WriteBoolean(OcsfNames.IsApplied, decision.Stage == RuleStage.Enforce);
        writer.WriteEndObject();
        WriteUnmapped(writer, decision);
    }

    private static string Message(DecisionRecord decision, bool denied)
    {
        string what = decision.Kind == EventKind.Open ? "to open" : "to run";
        string reason = Array.Find(decision.Votes, vote => vote.Verdict == decision.Verdict && vote.Reason.Length > 0) is { } vote
            ? $": {vote.Product}: {vote.Reason}"
            : "";
        return decision.AheadOfNeed
            ? $"Judged ahead of need: whoever wants {what} {decision.Path} is {(decision.Verdict == Verdict.Deny ? "refused" : "allowed")}{reason}"
            : $"{(denied ? "Refused" : "Allowed")} {what} {decision.Path}{reason}";
    }

    private static void WriteActor(Utf8JsonWriter writer, DecisionRecord decision)
    {
        writer.WriteStartObject(OcsfNames.Actor);
        writer.WriteStartObject(OcsfNames.Process);
        writer.WriteNumber(OcsfNames.Pid, decision.Pid);
        OcsfProcess.WriteId(writer, decision.ProcessId);
        OcsfProcess.WriteProgram(writer, decision.Executable);
        OcsfProcess.WriteUser(writer, decision.UserId);
        if (decision.ParentPid > 0)
            OcsfProcess.WriteReference(writer, OcsfNames.ParentProcess, decision.ParentPid, ProcessId.Unknown);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter writer, DecisionRecord decision)
    {
        writer.WriteStartObject(OcsfNames.File);
        writer.WriteString(OcsfNames.Name, OcsfProcess.FileName(decision.Path));
        writer.WriteString(OcsfNames.Path, decision.Path);
        writer.WriteNumber(OcsfNames.TypeId, OcsfProcess.FileType(decision.Via));
        if (!decision.File.IsNone)
        {
            Span<char> uid = stackalloc char[48];
            uid.TryWrite($"{decision.File.Device:x}:{decision.File.Inode}", out int length);
            writer.WriteString(OcsfNames.Uid, uid[..length]);
            writer.WriteNumber(OcsfNames.Size, decision.File.Size);
            writer.WriteNumber(OcsfNames.ModifiedTime, decision.File.ModifiedNs / 1_000_000);
        }

        if (decision.Sha256 is not null)
        {
            writer.WriteStartArray(OcsfNames.Hashes);
            writer.WriteStartObject();
            writer.WriteNumber(OcsfNames.AlgorithmId, 3);
            writer.WriteString(OcsfNames.Algorithm, "SHA-256");
            writer.WriteString(OcsfNames.Value, decision.Sha256);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteUnmapped(Utf8JsonWriter writer, DecisionRecord decision)
    {
        writer.WriteStartObject(OcsfNames.Unmapped);
        writer.WriteStartObject(OcsfNames.Outwork);
        writer.WriteNumber(OcsfNames.DecisionId, decision.Id);
        writer.WriteString(OcsfNames.Kind, decision.Kind.ToString());
        if (decision.Via != ExecVia.None)
            writer.WriteString(OcsfNames.Via, decision.Via.ToString());
        writer.WriteString(OcsfNames.Source, decision.Source.ToString());
        writer.WriteString(OcsfNames.Stage, decision.Stage.ToString());
        writer.WriteNumber(OcsfNames.Microseconds, decision.Microseconds);
        if (decision.AheadOfNeed)
            writer.WriteString(OcsfNames.AheadOfNeed, decision.Verdict.ToString());
        if (decision.WouldBe != Verdict.None)
            writer.WriteString(OcsfNames.WouldBe, decision.WouldBe.ToString());
        if (decision.Failure != VerdictFailure.None)
            writer.WriteString(OcsfNames.Failure, decision.Failure.ToString());
        if (decision.CachedFrom != 0)
            writer.WriteNumber(OcsfNames.CachedFrom, decision.CachedFrom);
        if (decision.Votes.Length > 0)
        {
            writer.WriteStartArray(OcsfNames.Votes);
            foreach (ProductVote vote in decision.Votes)
            {
                writer.WriteStartObject();
                writer.WriteString(OcsfNames.Product, vote.Product);
                writer.WriteString(OcsfNames.Verdict, vote.Verdict.ToString());
                writer.WriteNumber(OcsfNames.Microseconds, vote.Microseconds);
                writer.WriteString(OcsfNames.Reason, vote.Reason);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
