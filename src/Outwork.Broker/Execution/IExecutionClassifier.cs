using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;

namespace Outwork.Broker.Execution;

/// <summary>How a file is about to be used.</summary>
/// <param name="Via">How its code comes to run; None when it is opened as data.</param>
public readonly record struct FileUse(ExecVia Via)
{
    /// <summary>True when its content is about to run.</summary>
    public bool IsCode => Via != ExecVia.None;
}

/// <summary>Tells running code from opening data.</summary>
public interface IExecutionClassifier
{
    /// <summary>Tells how the process that asks is about to use the file. Reactor thread only.</summary>
    /// <param name="e">The event.</param>
    /// <param name="content">What the file's first bytes say.</param>
    /// <param name="path">Its path.</param>
    /// <param name="subject">The process that asks, null when unknown.</param>
    FileUse Classify(in AuthEvent e, ContentClass content, string path, ProcessInfo? subject);
}
