namespace Outwork.TufClient;

/// <summary>The command line that the public conformance suite of The Update Framework gives a client.</summary>
internal sealed record ClientArguments
{
    public const string Usage = """
        usage: outwork-tuf-client --metadata-dir DIR init ROOT
               outwork-tuf-client --metadata-dir DIR --metadata-url URL refresh
               outwork-tuf-client --metadata-dir DIR --metadata-url URL --target-name NAME [--target-name NAME ...]
                                  --target-base-url URL --target-dir DIR download
        """;

    public string MetadataDir { get; private set; } = "";

    public Uri? MetadataUrl { get; private set; }

    public List<string> TargetNames { get; } = [];

    public Uri? TargetBaseUrl { get; private set; }

    public string TargetDir { get; private set; } = "";

    public string Command { get; private set; } = "";

    public string Root { get; private set; } = "";

    /// <summary>Reads the arguments; null with what is wrong.</summary>
    public static ClientArguments? Parse(string[] arguments, out string fault)
    {
        var parsed = new ClientArguments();
        fault = "";
        for (int i = 0; i < arguments.Length && fault.Length == 0; i++)
        {
            string argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                fault = parsed.TakeWord(argument);
            else if (i + 1 == arguments.Length)
                fault = $"{argument} needs a value";
            else
                fault = parsed.TakeOption(argument, arguments[++i]);
        }

        if (fault.Length == 0)
            fault = parsed.FindMissing();
        return fault.Length == 0 ? parsed : null;
    }

    private string TakeWord(string word)
    {
        if (Command.Length == 0)
            Command = word;
        else if (Command == "init" && Root.Length == 0)
            Root = word;
        else
            return $"{word} is one word too many";
        return "";
    }

    private string TakeOption(string name, string value)
    {
        switch (name)
        {
            case "--metadata-dir":
                MetadataDir = value;
                return "";
            case "--target-dir":
                TargetDir = value;
                return "";
            case "--target-name":
                TargetNames.Add(value);
                return "";
            case "--metadata-url":
                MetadataUrl = Address(value);
                return MetadataUrl is null ? $"{value} is no HTTP address" : "";
            case "--target-base-url":
                TargetBaseUrl = Address(value);
                return TargetBaseUrl is null ? $"{value} is no HTTP address" : "";
            default:
                return $"there is no option {name}";
        }
    }

    private string FindMissing() => Command switch
    {
        _ when MetadataDir.Length == 0 => "--metadata-dir is missing",
        "init" => Root.Length == 0 ? "the root file is missing" : "",
        "refresh" => MetadataUrl is null ? "--metadata-url is missing" : "",
        "download" when MetadataUrl is null => "--metadata-url is missing",
        "download" when TargetBaseUrl is null => "--target-base-url is missing",
        "download" when TargetDir.Length == 0 => "--target-dir is missing",
        "download" => TargetNames.Count == 0 ? "--target-name is missing" : "",
        "" => "a command is missing",
        _ => $"there is no command {Command}",
    };

    private static Uri? Address(string text) =>
        Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out Uri? address)
        && address.Scheme is "http" or "https" ? address : null;
}
