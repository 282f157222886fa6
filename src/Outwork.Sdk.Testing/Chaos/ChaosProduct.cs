using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;

namespace Outwork.Sdk.Testing.Chaos;

/// <summary>
/// A product that is broken in one way (<see cref="ChaosBehavior"/>). Faults below the SDK's level are played by
/// <see cref="ChaosChannel"/>; <see cref="ChaosHost"/> puts the two together.
/// </summary>
/// <param name="plan">What it does. May change with the content, before the first fault.</param>
/// <param name="name">The name that it gives itself.</param>
public sealed class ChaosProduct(ChaosPlan plan, string name = "chaos") : SecurityProduct
{
    private static readonly TimeSpan PastEveryDeadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SlowObservation = TimeSpan.FromMilliseconds(20);
    private static readonly string LogText = new('x', 4095);

    private readonly ProcessFaults _faults = new();
    private int _events;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override ProductSubscription Subscription { get; } = new([EventKind.Exec, EventKind.Open], [EventKind.Exec, EventKind.Exit], Concurrency: 2);

    /// <inheritdoc/>
    public override Judgement Judge(AuthQuestion question, SafeFileHandle? file, CancellationToken deadline)
    {
        ArgumentNullException.ThrowIfNull(question);
        int number = Interlocked.Increment(ref _events);
        if (number > plan.AfterEvents)
            Misbehave(number, deadline);
        return plan.Behavior == ChaosBehavior.DeniesEverything ? Judgement.Deny("chaos: denies everything") : Judgement.Allow("chaos: allows");
    }

    /// <inheritdoc/>
    public override void Observe(NotifyEvent notification)
    {
        if (Interlocked.Increment(ref _events) <= plan.AfterEvents)
            return;
        if (plan.Behavior == ChaosBehavior.DiesOnEvent)
            ProcessFaults.Die();
        else if (plan.Behavior == ChaosBehavior.ObservesSlowly)
            _ = Thread.CurrentThread.Join(SlowObservation);
    }

    /// <inheritdoc/>
    public override ContentReport LoadContent(string directory)
    {
        ChaosPlan? read = ChaosPlan.Load(directory);
        if (read is null && plan.Behavior == ChaosBehavior.DiesOfBrokenContent)
            ProcessFaults.Die();
        if (read is null && plan.Behavior != ChaosBehavior.AcceptsBrokenContent)
            return new ContentReport(Accepted: false, "", $"{ChaosPlan.FileName} names no behaviour");
        // What it was started with goes on: a plan that changes in the middle is no plan.
        ReportHealth(ProductHealth.Healthy, "");
        return new ContentReport(Accepted: true, plan.Behavior.ToString(), "chaos: loaded");
    }

    private void Misbehave(int number, CancellationToken deadline)
    {
        switch (plan.Behavior)
        {
            case ChaosBehavior.DiesOnEvent:
                ProcessFaults.Die();
                break;
            case ChaosBehavior.CrashesInNativeCode:
                ProcessFaults.CrashInNativeCode();
                break;
            case ChaosBehavior.OverflowsStack:
                _ = ProcessFaults.OverflowStack(1);
                break;
            case ChaosBehavior.RunsOutOfMemory:
                ProcessFaults.RunOutOfMemory();
                break;
            case ChaosBehavior.ExitsZero:
                Environment.Exit(0);
                break;
            case ChaosBehavior.LoopsForever:
                ProcessFaults.Loop();
                break;
            case ChaosBehavior.Deadlocks:
                _faults.Deadlock();
                break;
            case ChaosBehavior.SleepsPastDeadlines:
                _ = Thread.CurrentThread.Join(PastEveryDeadline);
                break;
            case ChaosBehavior.AnswersLate:
                deadline.WaitHandle.WaitOne();
                _ = Thread.CurrentThread.Join(Late);
                break;
            case ChaosBehavior.LeaksMemory:
                _faults.LeakMemory();
                break;
            case ChaosBehavior.LeaksDescriptors when number % 4 == 0:
                _faults.LeakFile();
                break;
            case ChaosBehavior.LeaksThreads when number % 10 == 0:
                _faults.LeakThread();
                break;
            case ChaosBehavior.BusyAtRest when number == plan.AfterEvents + 1:
                ProcessFaults.LoopBeside();
                break;
            case ChaosBehavior.ForksWithoutEnd:
                _faults.Fork();
                break;
            case ChaosBehavior.OpensSockets:
                _faults.OpenSocket();
                break;
            case ChaosBehavior.FillsDisk:
                _faults.FillDisk();
                break;
            case ChaosBehavior.FloodsLogs:
                for (int i = 0; i < 16; i++)
                    Console.Error.WriteLine(LogText);
                break;
            default:
                break;
        }
    }
}
