using System.Text;
using Outwork.Content.Trials;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;

namespace Outwork.Trial;

/// <summary>What is asked for, whole.</summary>
/// <param name="Id">Names the trial.</param>
/// <param name="Product">The product; null when there is none of that name.</param>
/// <param name="Slot">The slot with the content.</param>
/// <param name="Limits">The limits.</param>
/// <param name="ProcessInForce">Process id of the instance in force, by whose memory it is measured; 0 to measure by the second instance's own.</param>
/// <param name="Recording">What to ask again.</param>
/// <param name="Fault">What is wrong with the request; null when nothing is.</param>
internal sealed record TrialRequest(
    ulong Id, TriedProduct? Product, string Slot, TrialLimits Limits, int ProcessInForce, IReadOnlyList<RecordedQuestion> Recording, string? Fault)
{
    /// <summary>Questions that are taken of a recording; more are passed over.</summary>
    public const int MostQuestions = 20_000;

    /// <summary>Memory that they take, about; more are passed over.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    /// <summary>And each without its path.</summary>
    public const int BytesOfQuestion = 160;

    /// <summary>
    /// A product can be asked, and there is an answer to compare with. What nobody could judge in time before is as slow now: anybody
    /// can make such files, and content must not be refused for them.
    /// </summary>
    public static bool MayAsk(RecordedQuestion question) =>
        question.Verdict != Verdict.None && Encoding.UTF8.GetByteCount(question.Path) <= FrameLimits.MaxPath;

    /// <summary>Looks at the first line of a request.</summary>
    public static TrialRequest Of(TrialMessage message, TrialOptions options, IReadOnlyList<RecordedQuestion> recording)
    {
        TriedProduct? product = options.Products.FirstOrDefault(product => product.Name == message.Product);
        TrialLimits limits = message.Limits ?? TrialLimits.Default;
        string slot = message.Slot ?? "";
        string? fault = message.Id == 0 ? "id is missing"
            : product is null ? $"there is no product {message.Product}"
            : slot is not ("a" or "b") ? $"{slot} is no slot"
            : !Directory.Exists(Path.Join(product.Packages, slot)) ? $"slot {slot} holds nothing"
            : limits.FindFaults() is { Count: > 0 } faults ? "limits: " + string.Join("; ", faults)
            : message.ProcessInForce < 0 ? "processInForce is negative"
            : null;
        return new TrialRequest(message.Id, product, slot, limits, message.ProcessInForce, recording, fault);
    }
}
