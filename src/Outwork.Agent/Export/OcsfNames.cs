using System.Text.Json;

namespace Outwork.Agent.Export;

/// <summary>Attribute names of OCSF and of our own members under <c>unmapped.outwork</c>, encoded once.</summary>
internal static class OcsfNames
{
    public static readonly JsonEncodedText ActivityId = Encode("activity_id");
    public static readonly JsonEncodedText ActivityName = Encode("activity_name");
    public static readonly JsonEncodedText CategoryUid = Encode("category_uid");
    public static readonly JsonEncodedText ClassUid = Encode("class_uid");
    public static readonly JsonEncodedText ClassName = Encode("class_name");
    public static readonly JsonEncodedText TypeUid = Encode("type_uid");
    public static readonly JsonEncodedText SeverityId = Encode("severity_id");
    public static readonly JsonEncodedText Severity = Encode("severity");
    public static readonly JsonEncodedText Time = Encode("time");
    public static readonly JsonEncodedText StatusId = Encode("status_id");
    public static readonly JsonEncodedText Status = Encode("status");
    public static readonly JsonEncodedText Message = Encode("message");
    public static readonly JsonEncodedText Count = Encode("count");
    public static readonly JsonEncodedText Metadata = Encode("metadata");
    public static readonly JsonEncodedText Version = Encode("version");
    public static readonly JsonEncodedText Product = Encode("product");
    public static readonly JsonEncodedText LogName = Encode("log_name");
    public static readonly JsonEncodedText Sequence = Encode("sequence");
    public static readonly JsonEncodedText Profiles = Encode("profiles");
    public static readonly JsonEncodedText Uid = Encode("uid");
    public static readonly JsonEncodedText Device = Encode("device");
    public static readonly JsonEncodedText Actor = Encode("actor");
    public static readonly JsonEncodedText Process = Encode("process");
    public static readonly JsonEncodedText ParentProcess = Encode("parent_process");
    public static readonly JsonEncodedText Pid = Encode("pid");
    public static readonly JsonEncodedText Name = Encode("name");
    public static readonly JsonEncodedText Path = Encode("path");
    public static readonly JsonEncodedText File = Encode("file");
    public static readonly JsonEncodedText TypeId = Encode("type_id");
    public static readonly JsonEncodedText CommandLine = Encode("cmd_line");
    public static readonly JsonEncodedText WorkingDirectory = Encode("working_directory");
    public static readonly JsonEncodedText CreatedTime = Encode("created_time");
    public static readonly JsonEncodedText ModifiedTime = Encode("modified_time");
    public static readonly JsonEncodedText Size = Encode("size");
    public static readonly JsonEncodedText Hashes = Encode("hashes");
    public static readonly JsonEncodedText AlgorithmId = Encode("algorithm_id");
    public static readonly JsonEncodedText Algorithm = Encode("algorithm");
    public static readonly JsonEncodedText Value = Encode("value");
    public static readonly JsonEncodedText User = Encode("user");
    public static readonly JsonEncodedText Container = Encode("container");
    public static readonly JsonEncodedText ExitCode = Encode("exit_code");
    public static readonly JsonEncodedText LaunchTypeId = Encode("launch_type_id");
    public static readonly JsonEncodedText LaunchType = Encode("launch_type");
    public static readonly JsonEncodedText ActionId = Encode("action_id");
    public static readonly JsonEncodedText Action = Encode("action");
    public static readonly JsonEncodedText DispositionId = Encode("disposition_id");
    public static readonly JsonEncodedText Disposition = Encode("disposition");
    public static readonly JsonEncodedText IsAlert = Encode("is_alert");
    public static readonly JsonEncodedText Policy = Encode("policy");
    public static readonly JsonEncodedText IsApplied = Encode("is_applied");
    public static readonly JsonEncodedText Application = Encode("app");
    public static readonly JsonEncodedText Unmapped = Encode("unmapped");
    public static readonly JsonEncodedText Outwork = Encode("outwork");
    public static readonly JsonEncodedText DecisionId = Encode("decision_id");
    public static readonly JsonEncodedText Kind = Encode("kind");
    public static readonly JsonEncodedText Via = Encode("via");
    public static readonly JsonEncodedText Source = Encode("source");
    public static readonly JsonEncodedText Stage = Encode("stage");
    public static readonly JsonEncodedText AheadOfNeed = Encode("ahead_of_need");
    public static readonly JsonEncodedText WouldBe = Encode("would_be");
    public static readonly JsonEncodedText Failure = Encode("failure");
    public static readonly JsonEncodedText Microseconds = Encode("microseconds");
    public static readonly JsonEncodedText CachedFrom = Encode("cached_from");
    public static readonly JsonEncodedText Votes = Encode("votes");
    public static readonly JsonEncodedText Verdict = Encode("verdict");
    public static readonly JsonEncodedText Reason = Encode("reason");
    public static readonly JsonEncodedText ArgumentsTruncated = Encode("arguments_truncated");
    public static readonly JsonEncodedText Reconstructed = Encode("reconstructed");

    private static JsonEncodedText Encode(string name) => JsonEncodedText.Encode(name);
}
