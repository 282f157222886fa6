using Outwork.Contracts.Control;
using Outwork.Policy.Yaml;

namespace Outwork.Policy.Reading;

/// <summary>Collects faults. Bounded: a file that is not a policy at all does not fill the screen or memory.</summary>
internal sealed class FaultList
{
    internal const int MaxFaults = 1_000;
    private readonly List<PolicyFault> _faults = [];

    public bool IsEmpty => _faults.Count == 0;

    public void Add(TextPosition at, string message)
    {
        if (_faults.Count < MaxFaults) _faults.Add(new PolicyFault(at.Line, at.Column, message));
        else if (_faults.Count == MaxFaults) _faults.Add(new PolicyFault(int.MaxValue, 1, $"more than {MaxFaults} faults; the others are not shown"));
    }

    public PolicyFault[] ToArray()
    {
        var ordered = _faults.OrderBy(static f => f.Line).ThenBy(static f => f.Column).ToArray();
        // The remark about those left out has no place of its own: it stands at the last one shown.
        if (ordered.Length > MaxFaults) ordered[^1] = ordered[^1] with { Line = ordered[^2].Line, Column = ordered[^2].Column };
        return ordered;
    }
}
