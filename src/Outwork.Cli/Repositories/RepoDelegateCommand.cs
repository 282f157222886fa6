using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Trust.Authoring;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo delegate ROLE</c>.</summary>
internal static class RepoDelegateCommand
{
    private const int DaysUnlessSaid = 90;

    public static Command Create(RepositorySetting shared)
    {
        var role = new Argument<string>("ROLE") { Description = "The new role; with --bins what the bins' names begin with; with --remove the role, or all bins, that go." };
        var from = new Option<string>("--from") { Description = "Who delegates.", HelpName = "ROLE", DefaultValueFactory = static _ => "targets" };
        var path = new Option<string[]>("--path") { Description = "A pattern of the files it may have, as 'acme/*/*'; several times for several.", HelpName = "PATTERN" };
        var bins = new Option<int?>("--bins") { Description = "Everything, spread over 2^BITS bins by the digest of the path, for very many files.", HelpName = "BITS" };
        var key = new Option<string[]>("--public-key") { Description = "A public key of who signs it; several times for several.", HelpName = "FILE" }.NotEmpty();
        var threshold = new Option<int>("--threshold") { Description = "How many of them must sign.", HelpName = "N", DefaultValueFactory = static _ => 1 }.AtLeast(1);
        var terminating = new Option<bool>("--terminating") { Description = "When it does not have a file of its paths, nobody after it is asked." };
        var days = new Option<int>("--days") { Description = "How long each version of it is good, from the day on which it is staged.", HelpName = "N", DefaultValueFactory = static _ => DaysUnlessSaid }.AtLeast(1);
        var remove = new Option<bool>("--remove") { Description = "End the delegation." };
        var command = new ExplainedCommand(
            "delegate", "Let somebody else sign files of some paths.",
            role, from, path, bins, key, threshold, terminating, days, remove, shared.Command.Json)
        {
            Examples =
            [
                "outwork repo delegate acme --path 'acme/*/*' --public-key acme.key.pub --terminating", "outwork repo delegate bin --bins 8 --public-key online.key.pub",
                "outwork repo delegate acme --remove",
            ],
        };
        command.Validators.Add(result =>
        {
            int ways = new Option[] { remove, bins, path }.Count(result.IsGiven);
            if (ways != 1)
                result.AddError("Give one of --path, --bins and --remove.");
            else if (!result.IsGiven(remove) && !result.IsGiven(key))
                result.AddError("Give --public-key.");
            foreach (Option without in result.IsGiven(remove) ? (Option[])[from, key, threshold, terminating, days] : result.IsGiven(bins) ? [terminating] : [])
            {
                if (result.IsGiven(without))
                    result.AddError($"{without.Name} means nothing with {(result.IsGiven(remove) ? "--remove" : "--bins")}.");
            }
        });
        command.SetAction(parsed => shared.Change(parsed, draft =>
        {
            string name = parsed.GetValue(role)!, delegator = parsed.GetValue(from)!;
            if (parsed.GetValue(remove))
                return (DelegationChanges.Remove(draft, name, shared.Now), [$"Staged the end of the delegation to {name}."]);
            if (KeyLoading.ReadPublic(parsed.GetValue(key)!, out DraftFault? fault) is not { } keys)
                return (fault, []);
            var plan = new RolePlan(keys, parsed.GetValue(threshold), parsed.GetValue(days));
            fault = parsed.GetValue(bins) is { } bits
                ? DelegationChanges.AddBins(draft, delegator, name, bits, plan, shared.Now)
                : DelegationChanges.Add(draft, delegator, name, parsed.GetValue(path)!, parsed.GetValue(terminating), plan, shared.Now);
            return (fault, [$"Staged the delegation from {delegator} to {name}."]);
        }));
        return command;
    }
}
