namespace Outwork.Warden.Launching;

/// <summary>What the second instance of a product gets, which tries content.</summary>
/// <param name="Product">As the first instance, with control groups of its own.</param>
/// <param name="User">Whom it runs as: nobody else, also not the first instance.</param>
internal sealed record TrialPlan(ProductPlan Product, uint User);
