using System.Globalization;
using System.Runtime.InteropServices;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.ProductsUnderTest;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Processes;

namespace Outwork.Trial;

/// <summary>How the second instance is started: as the first one is, with another slot and with an empty data folder in memory.</summary>
internal sealed class TrialStart(TrialOptions options, TriedProduct product, string slot) : IProductStart
{
    private const int ReporterDescriptor = ProductEnvironment.SessionDescriptor + 1;

    /// <inheritdoc/>
    public string? Refusal => File.Exists(product.Program) ? null : $"{product.Program}: no such file";

    /// <inheritdoc/>
    public uint User => product.User;

    /// <inheritdoc/>
    public ProcessSpec Spec(SafeHandle session, SafeHandle log, SafeHandle reporter)
    {
        var layout = new SandboxLayout(options.RunDirectory);
        List<KeyValuePair<string, string>> environment = ProductEnvironment.Create();
        environment.Add(new("OUTWORK_PACKAGE_DIR", layout.Packaged));
        environment.Add(new("OUTWORK_PACKAGE_SLOT", slot));
        if (product.Has("--content"))
            environment.Add(new("OUTWORK_CONTENT_DIR", layout.Content));
        if (product.Has("--scratch"))
            environment.Add(new("OUTWORK_DATA_DIR", layout.State));
        return new ProcessSpec
        {
            Program = options.Launcher,
            Arguments =
            [
                "launch",
                "--uid", product.User.ToString(CultureInfo.InvariantCulture),
                "--parent", Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                "--descriptors", "1",
                "--reporter", ReporterDescriptor.ToString(CultureInfo.InvariantCulture),
                "--run-dir", options.RunDirectory,
                "--bin", options.ProgramDirectory,
                "--packaged", product.Packages,
                .. product.LauncherOptions,
                "--",
                product.Program,
            ],
            Environment = environment,
            Descriptors = [new(session, ProductEnvironment.SessionDescriptor), new(reporter, ReporterDescriptor), new(log, 1), new(log, 2)],
        };
    }

    /// <inheritdoc/>
    public void EndWhatIsLeft()
    {
        _ = ControlGroupMembers.End(product.ControlGroups);

        // This process has no other children.
        _ = OrphanProcesses.End(static _ => false);
    }
}
