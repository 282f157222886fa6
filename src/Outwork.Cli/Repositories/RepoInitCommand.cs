using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo init</c>.</summary>
internal static class RepoInitCommand
{
    private const int RootDays = 365, TargetsDays = 180, SnapshotDays = 30, TimestampDays = 7;

    public static Command Create(RepositorySetting shared)
    {
        Option<string[]> root = Keys("--root-key", "A public key of the root, the most of them kept offline; several times for several.");
        Option<string[]> targets = Keys("--targets-key", "A public key of who signs files and delegations; several times for several.");
        Option<string[]> online = Keys("--online-key", "A public key that signs snapshot and timestamp of each publication.");
        Option<int> rootThreshold = Number("--root-threshold", "How many root keys must sign.", 1);
        Option<int> targetsThreshold = Number("--targets-threshold", "How many targets keys must sign.", 1);
        Option<int> rootDays = Number("--root-days", "How long a version of the root is good, from the day on which it is staged.", RootDays);
        Option<int> targetsDays = Number("--targets-days", "How long a version of the targets is good, from the day on which it is staged.", TargetsDays);
        Option<int> snapshotDays = Number("--snapshot-days", "How long a snapshot is good.", SnapshotDays);
        Option<int> timestampDays = Number("--timestamp-days", "How long a timestamp is good: publish again within that time.", TimestampDays);
        var command = new ExplainedCommand(
            "init", "Make a repository: its first root and an empty list of files, staged to be signed.",
            root, rootThreshold, targets, targetsThreshold, online, rootDays, targetsDays, snapshotDays, timestampDays, shared.Command.Json)
        {
            Examples =
            [
                "outwork repo init --root-key root1.key.pub --targets-key targets.key.pub --online-key online.key.pub",
                "outwork repo init --repo ./repo --root-key a.key.pub --root-key b.key.pub --root-key c.key.pub --root-threshold 2 --targets-key t.key.pub --online-key o.key.pub",
            ],
        };
        command.SetAction(parsed => shared.Guard(parsed, () =>
        {
            string folder = parsed.GetValue(shared.Repository)!;
            if (RepositoryFolder.IsThere(folder) && (RepositoryFolder.HasRoot(folder) || RepositoryFolder.HasPublished(folder)))
                return RepositoryReport.Refused(new DraftFault(DraftFaultCode.RoleExists, $"{folder} is a repository already", "Name another folder: --repo DIR; see how this one stands: outwork repo check"));
            if (Plan(root, rootThreshold, rootDays, out DraftFault? fault) is not { } rootPlan || Plan(targets, targetsThreshold, targetsDays, out fault) is not { } targetsPlan
                || KeyLoading.ReadPublic(parsed.GetValue(online)!, out fault) is not { } onlineKeys)
                return RepositoryReport.Refused(fault!);
            var plan = new RepositoryPlan(
                rootPlan, targetsPlan, new RolePlan(onlineKeys, 1, parsed.GetValue(snapshotDays)), new RolePlan(onlineKeys, 1, parsed.GetValue(timestampDays)));
            using RepositoryFolder? created = RepositoryFolder.Create(folder, shared.Command.Time);
            if (created is null)
                return RepositorySetting.Busy(folder);
            RepositoryDraft draft = RepositoryDraft.Create(plan, shared.Now);
            created.Save(draft);
            return RepositoryReport.Of(draft, $"Made the repository {folder}. Sign it (outwork repo sign), then publish it (outwork repo publish).");

            RolePlan? Plan(Option<string[]> keys, Option<int> threshold, Option<int> days, out DraftFault? wrong)
            {
                if (KeyLoading.ReadPublic(parsed.GetValue(keys)!, out wrong) is not { } read)
                    return null;
                TrustKey[] distinct = [.. read.DistinctBy(static key => key.Id)];
                int needed = parsed.GetValue(threshold);
                if (needed >= 1 && needed <= distinct.Length)
                    return new RolePlan(distinct, needed, parsed.GetValue(days));
                wrong = new DraftFault(DraftFaultCode.BadThreshold, $"{needed} of {distinct.Length} keys is no threshold ({keys.Name})", "Give as many different keys as must sign, or a smaller threshold.");
                return null;
            }
        }));
        return command;
    }

    private static Option<string[]> Keys(string name, string description) => new Option<string[]>(name) { Description = description, HelpName = "FILE", Required = true }.NotEmpty();

    private static Option<int> Number(string name, string description, int value) =>
        new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value }.AtLeast(1);
}
