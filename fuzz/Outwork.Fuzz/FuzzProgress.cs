using System.Globalization;

namespace Outwork.Fuzz;

/// <summary>How far a run is.</summary>
/// <param name="Target">The parser.</param>
/// <param name="Used">Processor time.</param>
/// <param name="Tried">Inputs.</param>
/// <param name="Outcomes">Different outcomes seen.</param>
internal sealed record FuzzProgress(string Target, TimeSpan Used, long Tried, int Outcomes)
{
    /// <summary>A line for people.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Target,-18} {Used.TotalMinutes,6:0.0} CPU min  {Tried,12:N0} inputs  {Outcomes,6:N0} outcomes");
}
