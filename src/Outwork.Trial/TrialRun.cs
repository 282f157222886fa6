using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Platform.Linux.ProductsUnderTest;
using Outwork.Platform.Processes;

namespace Outwork.Trial;

/// <summary>One trial: starts the second instance, asks it what was recorded and what happens now, and ends it. One thread, which starts the product and must outlive it.</summary>
internal sealed class TrialRun(TrialOptions options, TrialRequest request, TrialChannel channel, StallWatch stall, TimeProvider time)
{
    private const int LauncherRefused = 126;
    private const int WarmAfter = 1_000;

    // Each that the product judges has another one waiting.
    private const int OpenForEach = 2;

    private const int MostExamples = 40;
    private const uint WritableByOthers = 0b000_010_010;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ExitIsNear = TimeSpan.FromMilliseconds(500);

    private readonly TrialAnswers _answers = new(time, TimeSpan.FromMilliseconds(request.Limits.DeadlineMilliseconds));
    private readonly TrialTelling _telling = new(channel, time);
    private readonly ProductMemory _memory = new(request.ProcessInForce, time);
    private readonly LiveQuestions _live = new(channel);
    private readonly FileOpener _opener = new(
        static question => question.Open(),
        static path => Console.Error.WriteLine($"outwork-trial: {path} does not open within {FileOpener.Limit.TotalSeconds:0} s and is left out: its file system does not answer"));

    private TrialAsker _asker = new([]);
    private TrialRecording? _recording;
    private TrialObservation _seen = new() { RequestFault = request.Fault };
    private string _phase = "start";

    /// <summary>The request for which this trial was given up; null when it was not.</summary>
    public TrialMessage? Next => _live.Next;

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
        List<string> files = ProtectedFiles.Find(options.ProgramDirectory, request.Product!.Program);
        _asker = new TrialAsker([.. files.Where(ProtectedFiles.IsProgram)]);
        _recording = new TrialRecording(product.Subscription!, files, request.Recording, request.Limits.Questions);
        TimeSpan limit = TimeSpan.FromSeconds(request.Limits.ReplaySeconds);
        long started = time.GetTimestamp();
        while (true)
        {
            AskLate(product);
            while (IsFree(product) && !product.Gone && _recording.Next() is { } question)
            {
                if (Ask(product, question))
                    continue;
                _recording.Skip();
                // It may have taken long.
                break;
            }

            _ = product.WaitUntil(() => HasRoom(product), Turn);
            _seen = _seen with { ReplayIsOver = time.GetElapsedTime(started) >= limit };
            TrialVerdict verdict = Look(product);
            if (!verdict.Passed || (_recording.Left == 0 && _answers.IsSettled))
                return verdict;
        }
    }

    private bool HasRoom(ProductUnderTest product)
    {
        _answers.Settle(product.Ledger);
        return IsFree(product) && (_recording?.Left > 0 || _answers.IsSettled);
    }

    private bool IsFree(ProductUnderTest product) => _answers.HasRoom(OpenForEach * product.Subscription!.Concurrency);

    // Alone, so that a miss is nobody else's fault.
    private void AskLate(ProductUnderTest product)
    {
        while (!product.Gone && _answers.TryTakeLate() is { } late)
            _ = Ask(product, late, isAlone: true);
    }

    private TrialVerdict Live(ProductUnderTest product)
    {
        _phase = "live";
        _seen = _seen with { ReplayIsOver = false };
        TimeSpan limit = TimeSpan.FromSeconds(request.Limits.LiveSeconds);
        long started = time.GetTimestamp();
        while (true)
        {
            TimeSpan elapsed = time.GetElapsedTime(started);
            bool isLong = elapsed.TotalSeconds >= request.Limits.LongestLiveSeconds;
            bool isOver = isLong || (elapsed >= limit && _live.Asked >= request.Limits.LiveEvents);
            AskLate(product);
            while (!isOver && IsFree(product) && !product.Gone && _live.TryTake() is { } question)
            {
                if (!product.Subscription!.Asks(question.Recorded.Kind))
                    continue;
                if (!Ask(product, question))
                    break;
                _live.Asked++;
            }

            _ = product.WaitUntil(() => !isOver && HasLive(product), Turn);
            _seen = _seen with { LiveIsOver = isLong };
            TrialVerdict verdict = Look(product);
            if (!verdict.Passed || (isOver && _answers.IsSettled))
                return verdict;
        }
    }

    private bool HasLive(ProductUnderTest product)
    {
        _live.Collect();
        _answers.Settle(product.Ledger);
        return _live.Any && IsFree(product);
    }

    private bool Ask(ProductUnderTest product, TrialQuestion question, bool isAlone = false)
    {
        using RecordedFile? file = _opener.Open(question);
        if (file is null)
            return false;
        if (product.Subscription!.Tells(EventKind.Exec))
            product.Tell(EventKind.Exec, _answers.Asked + 1);
        AskedQuestion? asked = product.Ask(question.Ask(file, _asker.Next()), file.File, TimeSpan.FromMilliseconds(request.Limits.DeadlineMilliseconds));
        bool ofUsers = file.Owner != 0 || (file.Mode & WritableByOthers) != 0;
        _answers.Add(asked, question, ofUsers, isAlone, product.Gone);
        return true;
    }

    // Once a turn: everything that is known, and the decision by it.
    private TrialVerdict Look(ProductUnderTest product)
    {
        stall.Turn();
        _live.Collect();
        _answers.Settle(product.Ledger);
        _memory.Look(product, isWarm: _answers.Answered >= Math.Min(WarmAfter, Math.Max(1, (_recording?.Total ?? 0) / 4)));
        TrialVerdict verdict = Judge(product);
        _telling.Progress(new TrialReport { Type = TrialTypes.Progress, Id = request.Id, Phase = _phase, Asked = _answers.Asked, Total = _recording?.Total ?? 0, Live = _live.Asked, Skipped = _recording?.Skipped ?? 0 });
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
            AbandonedBecause = channel.Ended ? "whoever asked for it went away" : Next is not null ? "another one was asked for" : null,
            Ready = isReady,
            ContentLoaded = product.Content is not null,
            ContentFault = isRefused ? product.HealthMessage : null,
            ProtocolFault = protocolFault,
            FailingMessage = product.Health == ProductHealth.Failing ? product.HealthMessage : null,
            Asked = _answers.Asked,
            Answered = _answers.Answered,
            MissedDeadlines = _answers.Missed,
            MissedUserFiles = _answers.MissedUserFiles,
            LastPath = _answers.LastPath,
            Left = (_recording?.Left ?? 0) + _answers.Late,
            Live = _live.Asked,
            MemoryBefore = _memory.Before,
            MemoryPeak = _memory.Peak,
            Differences = _answers.Differences,
            UserFiles = _answers.UserFiles,
        };
    }

    private TrialReport Report(TrialVerdict verdict, ProductUnderTest? product)
    {
        // For the administrator; whoever asked needs none of it.
        if (product?.Log.Text.Trim() is { Length: > 0 } log)
            Console.Error.WriteLine(log);
        TrialDifference[] examples = [.. _answers.Differences.Examples.Concat(_answers.UserFiles.Examples).Take(MostExamples)];
        return new TrialReport
        {
            Type = TrialTypes.Result,
            Id = request.Id,
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
            Differences = examples.Length > 0 ? examples : null,
        };
    }
}
