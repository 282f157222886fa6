namespace Outwork.Trust.Workflow;

/// <summary>One refresh or search under way: a question, its answer, the next question, until an end.</summary>
/// <remarks>Not thread-safe. Reads no clock and no file and does no network: it is told everything.</remarks>
public sealed class WorkflowRun
{
    private readonly WorkflowContext _context;
    private readonly IEnumerator<TrustStep> _steps;

    internal WorkflowRun(WorkflowContext context, IEnumerable<TrustStep> steps)
    {
        _context = context;
        _steps = steps.GetEnumerator();
        Step = Advance();
    }

    /// <summary>What is wanted, or how it ended.</summary>
    public TrustStep Step { get; private set; }

    /// <summary>True when there is nothing more to answer.</summary>
    public bool IsOver => Step is RefreshedStep or FoundStep or RefusedStep;

    /// <summary>Answers the step; <see cref="Step"/> is then the next one.</summary>
    /// <exception cref="InvalidOperationException">It is over.</exception>
    public void Answer(TrustAnswer answer)
    {
        if (IsOver)
            throw new InvalidOperationException("The workflow is over: there is nothing to answer.");
        _context.Answer = answer;
        Step = Advance();
    }

    private TrustStep Advance()
    {
        bool hasNext = _steps.MoveNext();
        if (_context.Refusal is { } refusal)
            return new RefusedStep(refusal);
        return hasNext ? _steps.Current : throw new InvalidOperationException("The workflow ended without an end.");
    }
}
