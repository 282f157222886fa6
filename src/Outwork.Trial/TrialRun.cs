using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Platform.Linux.ProductsUnderTest;
using Outwork.Platform.Processes;

namespace Outwork.Trial;

/// <summary>One trial: starts the second instance, asks it what was recorded and what happens now, and ends it. One thread, which starts the product and must outlive it.</summary>
internal sealed class TrialRun(TrialOptions options, TrialRequest request, TrialChannel channel, TimeProvider time)
{
    private const int LauncherRefused = 126;
    private const int WarmAfter = 1_000;

    // Each that the product judges has another one waiting.
    private const int OpenForEach = 2;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ExitIsNear = TimeSpan.FromMilliseconds(500);

    private readonly TrialAnswers _answers = new(time);
    private readonly TrialTelling _telling = new(channel, time);
    private readonly ProductMemory _memory = new(request.MemoryInForce, time);
    private readonly LiveQuestions _live = new(channel);
    private TrialRecording? _recording;
    private TrialObservation _seen = new() { RequestFault = request.Fault };
    private string _phase = "start";

    /// <summary>Runs it to its result.</summary>
    public TrialReport Run()
    {
        if (request.Fault is not null || request.Product is not { } tried)
            return Report(Judge(null), null);
        var start = new TrialStart(options, tried, request.Slot);
        ProductUnderTest? product = ProductUnderTest.Launch(start, time, out string refusal);
        if (product is null)
        {
            _seen = _seen with { StartFault = refusal };
            return Report(Judge(null), null);
        }

        using (product)
        {
            TrialVerdict verdict = Start(product);
            if (verdict.Passed)
                verdict = Replay(product);
            if (verdict.Passed)
                verdict = Live(product);
            return Report(verdict, product);
        }
    }

    private TrialVerdict Start(ProductUnderTest product)
    {
        TimeSpan limit = TimeSpan.FromSeconds(request.Limits.StartSeconds);
        long started = time.GetTimestamp();
        while (true)
        {
            _ = product.WaitUntil(() => IsReady(product), Turn);
            bool isOver = IsReady(product) || time.GetElapsedTime(started) >= limit;
            _seen = _seen with { StartIsOver = isOver };
            TrialVerdict verdict = Look(product);
            if (isOver || !verdict.Passed)
                return verdict;
        }
    }

    private static bool IsReady(ProductUnderTest product) => product is { Subscription: not null, Content: not null };

    private TrialVerdict Replay(ProductUnderTest product)
    {
        _phase = "replay";
        _recording = new TrialRecording(product.Subscription!, ProtectedFiles.Find(options.ProgramDirectory), request.Recording, request.Limits.Questions);
        TimeSpan limit = TimeSpan.FromSeconds(request.Limits.ReplaySeconds);
        long started = time.GetTimestamp();
        while (true)
        {
            while (IsFree(product) && !product.Gone && _recording.Next() is { } question)
            {
                if (!Ask(product, question))
                    _recording.Skip();
            }

            _ = product.WaitUntil(() => HasRoom(product), Turn);
            _seen = _seen with { ReplayIsOver = time.GetElapsedTime(started) >= limit };
            TrialVerdict verdict = Look(product);
            if (!verdict.Passed || (_recording.Left == 0 && _answers.Open == 0))
                return verdict;
        }
    }

    private bool HasRoom(ProductUnderTest product)
    {
        _answers.Settle(product.Ledger);
        return IsFree(product) && (_recording?.Left > 0 || _answers.Open == 0);
    }

    private bool IsFree(ProductUnderTest product) => _answers.Open < OpenForEach * product.Subscription!.Concurrency;

    private TrialVerdict Live(ProductUnderTest product)
    {
        _phase = "live";
        TimeSpan limit = TimeSpan.FromSeconds(request.Limits.LiveSeconds);
        long started = time.GetTimestamp();
        while (true)
        {
            bool isOver = time.GetElapsedTime(started) >= limit && _live.Asked >= request.Limits.LiveEvents;
            while (!isOver && IsFree(product) && !product.Gone && _live.TryTake() is { } question)
            {
                if (product.Subscription!.Asks(question.Recorded.Kind) && Ask(product, question))
                    _live.Asked++;
            }

            _ = product.WaitUntil(() => !isOver && HasLive(product), Turn);
            TrialVerdict verdict = Look(product);
            if (!verdict.Passed || (isOver && _answers.Open == 0))
                return verdict;
        }
    }

    private bool HasLive(ProductUnderTest product)
    {
        _live.Collect();
        _answers.Settle(product.Ledger);
        return _live.Any && IsFree(product);
    }

    private bool Ask(ProductUnderTest product, TrialQuestion question)
    {
        using RecordedFile? file = question.Open();
        if (file is null)
            return false;
        if (product.Subscription!.Tells(EventKind.Exec))
            product.Tell(EventKind.Exec, _answers.Asked + 1);
        AskedQuestion? asked = product.Ask(question.Ask(file), file.File, TimeSpan.FromMilliseconds(request.Limits.DeadlineMilliseconds));
        _answers.Add(asked, question, product.Gone);
        return true;
    }

    // Once a turn: everything that is known, and the decision by it.
    private TrialVerdict Look(ProductUnderTest product)
    {
        _live.Collect();
        _answers.Settle(product.Ledger);
        _memory.Look(product, isWarm: _answers.Answered >= Math.Min(WarmAfter, Math.Max(1, (_recording?.Total ?? 0) / 4)));
        TrialVerdict verdict = Judge(product);
        _telling.Progress(new TrialReport { Type = TrialTypes.Progress, Phase = _phase, Asked = _answers.Asked, Total = _recording?.Total ?? 0, Live = _live.Asked, Skipped = _recording?.Skipped ?? 0 });
        return verdict;
    }

    private TrialVerdict Judge(ProductUnderTest? product)
    {
        if (product is not null)
            Observe(product);
        return TrialComparison.Judge(request.Limits, _seen);
    }

    private void Observe(ProductUnderTest product)
    {
        // Its socket is closed a moment before it has ended.
        ProcessExit? exit = product.Gone ? product.WaitForExit(ExitIsNear) : null;
        string? protocolFault = product.RingBroken ? "it broke its ring"
            : product.Malformed > 0 ? $"{product.Malformed} malformed frames, the first: {product.FirstMalformed}"
            : product.Ledger.FirstWrong.Length > 0 ? product.Ledger.FirstWrong
            : product.HungUp && exit is null ? "it closed its session"
            : null;
        bool isReady = product.Subscription is not null;
        bool isLauncher = exit is { Code: LauncherRefused } && !isReady;
        bool isRefused = isReady && product.Content is null && product.Health is ProductHealth.Degraded or ProductHealth.Failing;
        _seen = _seen with
        {
            StartFault = isLauncher ? product.Log.Text.Trim() : null,
            Ending = exit is { } ended && !isLauncher ? ProductEnding.Describe(ended) : null,
            AbandonedBecause = channel.Ended ? "whoever asked for it went away" : null,
            Ready = isReady,
            ContentLoaded = product.Content is not null,
            ContentFault = isRefused ? product.HealthMessage : null,
            ProtocolFault = protocolFault,
            FailingMessage = product.Health == ProductHealth.Failing ? product.HealthMessage : null,
            Asked = _answers.Asked,
            Answered = _answers.Answered,
            MissedDeadlines = _answers.Missed,
            LastPath = _answers.LastPath,
            Left = _recording?.Left ?? 0,
            MemoryBefore = _memory.Before,
            MemoryPeak = _memory.Peak,
            Differences = _answers.Differences,
        };
    }

    private TrialReport Report(TrialVerdict verdict, ProductUnderTest? product)
    {
        string? log = product?.Log.Text;
        return new TrialReport
        {
            Type = TrialTypes.Result,
            Phase = _phase,
            Asked = _answers.Asked,
            Total = _recording?.Total ?? 0,
            Live = _live.Asked,
            Skipped = _recording?.Skipped ?? 0,
            Refusal = verdict.Refusal,
            Code = verdict.Code,
            What = verdict.What,
            Remedy = verdict.Remedy,
            ContentVersion = product?.Content?.Version,
            Differences = _answers.Differences.Examples is { Count: > 0 } examples ? [.. examples] : null,
            Log = string.IsNullOrEmpty(log) ? null : log,
        };
    }
}
