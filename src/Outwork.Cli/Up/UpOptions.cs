namespace Outwork.Cli.Up;

/// <summary>What <c>outwork up</c> was asked for.</summary>
internal sealed record UpOptions
{
    public bool Headless { get; init; }

    public required string Mount { get; init; }

    public required string RunDirectory { get; init; }

    public required string StateDirectory { get; init; }

    public string? Policy { get; init; }

    /// <summary>The administrator's file on updates; null for the default one, if there is one.</summary>
    public string? Updates { get; init; }

    /// <summary>Each NAME=PROGRAM; empty for the products that ship with Outwork.</summary>
    public IReadOnlyList<string> Products { get; init; } = [];

    public bool NoProduct { get; init; }

    /// <summary>The products that may use the network if they ask for it.</summary>
    public IReadOnlyList<string> AllowNetwork { get; init; } = [];

    /// <summary>The products that get all the memory, processors and processes that they ask for.</summary>
    public IReadOnlyList<string> AllowResources { get; init; } = [];

    /// <summary>Whether products run also when they cannot be confined fully.</summary>
    public bool AllowWeakerConfinement { get; init; }

    /// <summary>The socket that the agent serves while Outwork runs.</summary>
    public string ControlSocket => Path.Join(RunDirectory, "control.sock");

    /// <summary>The warden's command line.</summary>
    public List<string> ToWardenArguments()
    {
        List<string> arguments = ["--mount", Mount, "--run-dir", RunDirectory, "--state-dir", StateDirectory];
        if (Policy is not null)
            arguments.AddRange(["--policy", Policy]);
        if (Updates is not null)
            arguments.AddRange(["--updates", Updates]);
        foreach (string product in Products)
            arguments.AddRange(["--product", product]);
        if (NoProduct)
            arguments.Add("--no-product");
        foreach (string product in AllowNetwork)
            arguments.AddRange(["--allow-network", product]);
        foreach (string product in AllowResources)
            arguments.AddRange(["--allow-resources", product]);
        if (AllowWeakerConfinement)
            arguments.Add("--allow-weaker-confinement");
        return arguments;
    }
}
