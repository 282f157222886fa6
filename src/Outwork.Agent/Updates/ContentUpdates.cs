using System.Runtime.InteropServices;
using Outwork.Agent.Broker;
using Outwork.Agent.Events;
using Outwork.Agent.Recording;
using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Agent.Updates;

/// <summary>Everything that updates need, put together: the store, the repository, the trials. Lives as long as the agent.</summary>
internal sealed class ContentUpdates : IDisposable
{
    private readonly ContentStore _store;
    private readonly UpdateService _service;
    private readonly BundleImport _import;

    private ContentUpdates(ContentStore store, UpdateService service, BundleImport import, ContentNews news)
    {
        _store = store;
        _service = service;
        _import = import;
        Requests = new ContentRequests(store, service, import, news);
    }

    /// <summary>Answers the control socket.</summary>
    public ContentRequests Requests { get; }

    /// <summary>Reads the administrator's file; null, and reported, when there is none or it has faults: then nothing is followed.</summary>
    public static UpdateOptions? ReadOptions(string? file, Action<string> report)
    {
        if (file is null)
            return null;
        try
        {
            UpdateOptions? options = UpdateOptionsReader.Read(File.ReadAllText(file), Path.GetDirectoryName(file)!, out PolicyFault[] faults);
            foreach (PolicyFault fault in faults)
                report($"updates are off: {Path.GetFileName(file)}:{fault.Line}:{fault.Column}: {fault.Message}");
            return options;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            report($"updates are off: {unreadable.Message}");
            return null;
        }
    }

    /// <summary>Puts it together; null, and reported, when the store cannot be opened.</summary>
    public static ContentUpdates? Create(
        UpdateOptions options, AgentOptions agent, ITrialClient trials, QuestionRecorder recorder, IBrokerLink broker, IEventSink sinks, AgentCounters counters, Action<string> report, TimeProvider time)
    {
        var storeOptions = new ContentStoreOptions { System = RuntimeInformation.RuntimeIdentifier, Outwork = PackageVersion.Parse(ProductVersion.Text) };
        if (ContentStore.Open(new DiskContentFiles(agent.PackagesDirectory!), storeOptions, time, out ContentRefusal? refusal) is not { } store)
        {
            report($"updates are off: {refusal!.WithRemedy}");
            return null;
        }

        try
        {
            return Compose(options, agent, store, trials, recorder, broker, new ContentNews(sinks, report, time), counters, report, time);
        }
        catch
        {
            // Its lock would keep the next attempt out.
            store.Dispose();
            throw;
        }
    }

    /// <summary>Works until the token is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => _service.RunAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _import.Dispose();
        _service.Dispose();
        _store.Dispose();
    }

    private static ContentUpdates Compose(
        UpdateOptions options, AgentOptions agent, ContentStore store, ITrialClient trials, QuestionRecorder recorder, IBrokerLink broker, ContentNews news, AgentCounters counters, Action<string> report, TimeProvider time)
    {
        string directory = Path.Join(agent.StateDirectory, "updates");
        _ = Directory.CreateDirectory(directory);
        var source = new UpdateSource(options.Root, directory, new LatestTime(directory, time, report), time);
        var period = new ContentPeriod(broker, time);
        ProductUpdates[] products =
        [
            .. options.Products.Select(product => new ProductUpdates(product, store, trials, recorder.Of(product.Name)!, period, news, counters, time)),
        ];
        var service = new UpdateService(options, source, store, products, recorder, news, counters, new PollSchedule(options.Every, new Random()), time);
        return new ContentUpdates(store, service, new BundleImport(directory, service, time), news);
    }
}
