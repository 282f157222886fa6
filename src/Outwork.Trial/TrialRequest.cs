using Outwork.Content.Trials;

namespace Outwork.Trial;

/// <summary>What is asked for, whole.</summary>
/// <param name="Product">The product; null when there is none of that name.</param>
/// <param name="Slot">The slot with the content.</param>
/// <param name="Limits">The limits.</param>
/// <param name="MemoryInForce">Memory of the instance in force, in bytes; 0 when it is not known.</param>
/// <param name="Recording">What to ask again.</param>
/// <param name="Fault">What is wrong with the request; null when nothing is.</param>
internal sealed record TrialRequest(
    TriedProduct? Product, string Slot, TrialLimits Limits, long MemoryInForce, IReadOnlyList<RecordedQuestion> Recording, string? Fault)
{
    /// <summary>Questions that are taken of a recording; more are passed over.</summary>
    public const int MostQuestions = 20_000;

    /// <summary>Looks at the first line of a request.</summary>
    public static TrialRequest Of(TrialMessage message, TrialOptions options, IReadOnlyList<RecordedQuestion> recording)
    {
        TriedProduct? product = options.Products.FirstOrDefault(product => product.Name == message.Product);
        TrialLimits limits = message.Limits ?? TrialLimits.Default;
        string slot = message.Slot ?? "";
        string? fault = product is null ? $"there is no product {message.Product}"
            : slot is not ("a" or "b") ? $"{slot} is no slot"
            : !Directory.Exists(Path.Join(product.Packages, slot)) ? $"slot {slot} holds nothing"
            : limits.FindFaults() is { Count: > 0 } faults ? "limits: " + string.Join("; ", faults)
            : message.MemoryInForce < 0 ? "memoryInForce is negative"
            : null;
        return new TrialRequest(product, slot, limits, message.MemoryInForce, recording, fault);
    }
}
