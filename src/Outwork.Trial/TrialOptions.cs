using System.Globalization;

namespace Outwork.Trial;

/// <summary>
/// The command line, which the warden writes: pairs of an option and its value. What may be tried, where it is and how it is confined comes
/// from here and never from whoever asks for a trial.
/// </summary>
internal sealed record TrialOptions
{
    /// <summary>The program that confines and then becomes the product.</summary>
    public string Launcher { get; private set; } = "";

    /// <summary>The run directory of the instance.</summary>
    public string RunDirectory { get; private set; } = "";

    /// <summary>The installed programs.</summary>
    public string ProgramDirectory { get; private set; } = "";

    /// <summary>The products whose content may be tried.</summary>
    public IReadOnlyList<TriedProduct> Products => _products;

    private readonly List<TriedProduct> _products = [];

    /// <summary>Reads it; null, and what is wrong with it.</summary>
    public static TrialOptions? Parse(ReadOnlySpan<string> arguments, out string fault)
    {
        var options = new TrialOptions();
        fault = "";
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length)
                fault = $"{arguments[i]}: its value is missing";
            else if (!options.Set(arguments[i], arguments[i + 1]))
                fault = $"{arguments[i]} {arguments[i + 1]}: no such option here";
            if (fault.Length > 0)
                return null;
        }

        if (options.Launcher.Length == 0 || options.RunDirectory.Length == 0 || options.ProgramDirectory.Length == 0)
            fault = "--launcher, --run-dir and --bin are needed";
        else if (options._products.Find(static product => product.Program.Length == 0 || product.User == 0 || product.Packages.Length == 0) is { } incomplete)
            fault = $"--product {incomplete.Name}: --program, --user and --packages are needed";
        return fault.Length == 0 ? options : null;
    }

    private bool Set(string name, string value)
    {
        TriedProduct? last = _products.LastOrDefault();
        switch (name)
        {
            case "--launcher":
                Launcher = value;
                return true;
            case "--run-dir":
                RunDirectory = value;
                return true;
            case "--bin":
                ProgramDirectory = value;
                return true;
            case "--product":
                _products.Add(new TriedProduct { Name = value });
                return true;
            case "--program" when last is not null:
                _products[^1] = last with { Program = value };
                return true;
            case "--user" when last is not null && uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint user):
                _products[^1] = last with { User = user };
                return true;
            case "--packages" when last is not null:
                _products[^1] = last with { Packages = value };
                return true;
            case "--launch" when last is not null:
                _products[^1] = last with { LauncherOptions = [.. last.LauncherOptions, value] };
                return true;
            default:
                return false;
        }
    }
}
