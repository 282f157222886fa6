using System.Collections.Concurrent;
using Outwork.Agent.Broker;
using Outwork.Agent.Events;
using Outwork.Agent.Recording;
using Outwork.Agent.Updates;
using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Content.Trials;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Agent.Tests.Support;

/// <summary>Updates with the real store and the real workflow; the trial's result and the product's state are the test's.</summary>
internal sealed class UpdatesUnderTest : IDisposable, ITrialClient, IBrokerLink, IEventSink
{
    private readonly CancellationTokenSource _stop = new();
    private readonly BundleImport _import;
    private Task _running = Task.CompletedTask;
    private int _asked;

    public UpdatesUnderTest(TempDirectory directory, PublishedRepository repository, SetTime time, int onTrialSeconds = 0, string? mirror = null, bool follows = true)
    {
        Directory.CreateDirectory(directory["packages/guard"]);
        Directory.CreateDirectory(directory["agent"]);
        Files = new FullDiskFiles(new DiskContentFiles(directory["packages"]));
        Store = ContentStore.Open(
            Files,
            new ContentStoreOptions { System = "linux-x64", Outwork = PackageVersion.Parse("0.1.0") },
            TimeProvider.System, out ContentRefusal? refusal) ?? throw new InvalidOperationException(refusal!.ToString());
        var product = new FollowedProduct("guard", follows ? PublishedRepository.Target : null, TrialLimits.Default with { Questions = 10, LiveSeconds = 0 }, onTrialSeconds);
        var options = new UpdateOptions { Repository = follows ? mirror ?? repository.Folder : null, Root = File.ReadAllBytes(repository.Root), Every = TimeSpan.FromMilliseconds(100), Products = [product] };
        var recorder = new QuestionRecorder(directory["agent"], ["guard"], Counters, Told.Enqueue);
        var news = new ContentNews(this, Told.Enqueue, TimeProvider.System);
        var updates = new ProductUpdates(product, Store, this, recorder.Of("guard")!, new ContentPeriod(this, TimeProvider.System), news, Counters, TimeProvider.System);
        Source = new UpdateSource(options.Root, directory["agent"], new LatestTime(directory["agent"], time, Told.Enqueue), TimeProvider.System);
        Service = new UpdateService(options, Source, Store, [updates], recorder, news, Counters, new PollSchedule(options.Every, new Random(1)), TimeProvider.System);
        _import = new BundleImport(directory["agent"], Service, TimeProvider.System);
        Requests = new ContentRequests(Store, Service, _import, news);
    }

    public FullDiskFiles Files { get; }

    public ContentStore Store { get; }

    public UpdateSource Source { get; }

    public UpdateService Service { get; }

    public ContentRequests Requests { get; }

    public AgentCounters Counters { get; } = new();

    /// <summary>What was told in words.</summary>
    public ConcurrentQueue<string> Told { get; } = new();

    /// <summary>Events for whoever exports.</summary>
    public ConcurrentQueue<NotifyEvent> Events { get; } = new();

    /// <summary>Every trial that was asked for.</summary>
    public ConcurrentQueue<TrialMessage> Tried { get; } = new();

    public TrialRefusal TrialResult { get; set; }

    /// <summary>How long a trial lasts.</summary>
    public Func<TrialMessage, CancellationToken, Task> Trying { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>What the broker says; by default a healthy product that loads whatever is in force.</summary>
    public Func<StatusSnapshot>? Status { get; set; }

    /// <summary>False: nobody answers.</summary>
    public bool HasBroker { get; set; } = true;

    /// <summary>How often the broker was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public string? Version => Store.StateOf("guard") is var state ? state[state.InForce]?.Version : null;

    public SlotPhase? Phase => Store.StateOf("guard") is var state ? state[state.InForce]?.Phase : null;

    public void Start() => _running = Service.RunAsync(_stop.Token);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async Task<TrialReport> TryAsync(TrialMessage request, QuestionRing recording, CancellationToken cancellation)
    {
        Tried.Enqueue(request);
        await Trying(request, cancellation);
        return new TrialReport
        {
            Type = TrialTypes.Result,
            Id = 1,
            Refusal = TrialResult,
            Code = TrialRefusals.CodeOf(TrialResult),
            What = TrialResult == TrialRefusal.None ? "10 questions answered in time, as before." : "The product ended by signal 11 (SIGSEGV) while it loaded the content.",
            Remedy = TrialRefusals.RemedyOf(TrialResult),
        };
    }

    public Task<ControlResponse> SendAsync(ControlRequest request, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asked);
        return Task.FromResult(HasBroker ? Healthy() : new ControlResponse { Ok = false });
    }

    private ControlResponse Healthy() =>
        new() { Ok = true, Status = Status?.Invoke() ?? StatusOf(pid: 100, generation: (ulong)Store.StateOf("guard").Sequence) };

    public static StatusSnapshot StatusOf(int pid, ulong generation, string health = "healthy", int demotions = 0, int restarts = 0) => new()
    {
        Version = "0.1.0",
        Protecting = true,
        Processes = [new ProcessStatus("product", "guard", pid, "running", 1000, restarts)],
        Products = [new ProductStatus { Name = "guard", State = "judging", Pid = pid, ContentGeneration = generation, Health = health, Demotions = demotions }],
    };

    public void Take(NotifyEvent notification) => Events.Enqueue(notification);

    public void EndBatch()
    {
    }

    public void Dispose()
    {
        _import.Dispose();
        Service.Dispose();
        Store.Dispose();
        _stop.Dispose();
    }
}
