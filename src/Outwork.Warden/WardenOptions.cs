using System.Globalization;
using Outwork.Contracts.Products;

namespace Outwork.Warden;

/// <summary>One product to run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Program">Absolute path of its program.</param>
internal sealed record ProductOption(string Name, string Program);

/// <summary>The command line of outwork-warden.</summary>
internal sealed record WardenOptions
{
    public const string DefaultPolicy = "/etc/outwork/policy.yaml";

    private const string DefaultUpdates = "/etc/outwork/updates.yaml";

    public string Mount { get; private set; } = "/";

    public string RunDirectory { get; private set; } = "/run/outwork";

    public string StateDirectory { get; private set; } = "/var/lib/outwork";

    public string ProgramDirectory { get; private set; } = AppContext.BaseDirectory.TrimEnd('/');

    /// <summary>The administrator's policy; null for the built-in one.</summary>
    public string? PolicyFile { get; private set; }

    /// <summary>The administrator's file on updates, whose folder the agent reads; null when no repository is followed.</summary>
    public string? UpdatesFile { get; private set; }

    public IReadOnlyList<ProductOption> Products => _products;

    /// <summary>The products that may use the network if they ask for it.</summary>
    public IReadOnlyCollection<string> NetworkAllowed => _networkAllowed;

    /// <summary>The products that get all of the machine's memory, processors and processes that they ask for.</summary>
    public IReadOnlyCollection<string> ResourcesAllowed => _resourcesAllowed;

    /// <summary>Whether products run also when they cannot be confined fully.</summary>
    public bool AllowWeakerConfinement { get; private set; }

    /// <summary>Whether the control group that the warden was started in is its own, to make others below.</summary>
    public bool HasDelegatedGroup { get; private set; }

    /// <summary>The process that starts the warden again (see <see cref="KeepCommand"/>); null without one.</summary>
    public int? Keeper { get; private set; }

    /// <summary>Inherited end of a pipe; its end of file means that the parent is gone.</summary>
    public int? ParentDescriptor { get; private set; }

    private List<ProductOption> _products = [];
    private readonly HashSet<string> _networkAllowed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _resourcesAllowed = new(StringComparer.Ordinal);

    /// <summary>Reads the command line; the fault says what is wrong with it.</summary>
    public static WardenOptions? Parse(ReadOnlySpan<string> arguments, out string fault)
    {
        var options = new WardenOptions();
        bool chosen = false;
        fault = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (name == "--no-product")
            {
                chosen = true;
                continue;
            }

            if (name == "--allow-weaker-confinement")
            {
                options.AllowWeakerConfinement = true;
                continue;
            }

            if (name == "--delegated-group")
            {
                options.HasDelegatedGroup = true;
                continue;
            }

            if (i + 1 == arguments.Length)
            {
                fault = $"{name}: not an option, or its value is missing";
                return null;
            }

            if (name == "--product")
                chosen = true;
            fault = options.Set(name, arguments[++i]);
            if (fault.Length > 0)
                return null;
        }

        if (!chosen)
            options._products = [new ProductOption("execguard", Path.Join(options.ProgramDirectory, "outwork-execguard"))];
        if (options.PolicyFile is null && File.Exists(DefaultPolicy))
            options.PolicyFile = DefaultPolicy;
        if (options.UpdatesFile is null && File.Exists(DefaultUpdates))
            options.UpdatesFile = DefaultUpdates;
        fault = options.FindFault();
        return fault.Length == 0 ? options : null;
    }

    private string Set(string name, string value)
    {
        switch (name)
        {
            case "--mount":
                Mount = Full(value);
                break;
            case "--run-dir":
                RunDirectory = Full(value);
                break;
            case "--state-dir":
                StateDirectory = Full(value);
                break;
            case "--bin":
                ProgramDirectory = Full(value);
                break;
            case "--keeper":
                if (!int.TryParse(value, CultureInfo.InvariantCulture, out int keeper))
                    return $"--keeper {value}: expected a process id";
                Keeper = keeper;
                break;
            case "--policy":
                PolicyFile = Full(value);
                break;
            case "--updates":
                UpdatesFile = Full(value);
                break;
            case "--product":
                int separator = value.IndexOf('=');
                if (separator <= 0 || !IsName(value.AsSpan(0, separator)))
                    return $"--product {value}: expected NAME=PROGRAM, a name of a-z, 0-9 and '-'";
                if (ReservedNames.Contains(value[..separator]))
                    return $"--product {value}: {value[..separator]} is a process of Outwork's own";
                _products.Add(new ProductOption(value[..separator], Full(value[(separator + 1)..])));
                break;
            case "--allow-network":
                if (!IsName(value))
                    return $"--allow-network {value}: expected the name of a product";
                _ = _networkAllowed.Add(value);
                break;
            case "--allow-resources":
                if (!IsName(value))
                    return $"--allow-resources {value}: expected the name of a product";
                _ = _resourcesAllowed.Add(value);
                break;
            case "--parent-fd":
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
                    return $"--parent-fd {value}: expected a number";
                ParentDescriptor = descriptor;
                break;
            default:
                return $"{name}: no such option";
        }

        return "";
    }

    private string FindFault()
    {
        if (!Directory.Exists(Mount))
            return $"--mount {Mount}: no such directory";
        if (PolicyFile is not null && !File.Exists(PolicyFile))
            return $"--policy {PolicyFile}: no such file";
        if (UpdatesFile is not null && !File.Exists(UpdatesFile))
            return $"--updates {UpdatesFile}: no such file";
        if (_networkAllowed.FirstOrDefault(name => !_products.Exists(product => product.Name == name)) is { } unknown)
            return $"--allow-network {unknown}: no such product";
        if (_resourcesAllowed.FirstOrDefault(name => !_products.Exists(product => product.Name == name)) is { } missing)
            return $"--allow-resources {missing}: no such product";
        for (int i = 0; i < _products.Count; i++)
        {
            if (!File.Exists(_products[i].Program))
                return $"product {_products[i].Name}: {_products[i].Program}: no such file";
            for (int j = 0; j < i; j++)
            {
                if (_products[j].Name == _products[i].Name)
                    return $"product {_products[i].Name}: given twice";
            }
        }

        return "";
    }

    private static string Full(string path) => path == "/" ? path : Path.GetFullPath(path).TrimEnd('/');

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                return false;
        }

        return true;
    }
}
