using Outwork.Contracts.Products;

namespace Outwork.Warden.Launching;

/// <summary>A product that may start, and everything that it gets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Program">Absolute path of its program.</param>
/// <param name="Grant">What it may.</param>
/// <param name="ControlGroups">The groups that limit it.</param>
/// <param name="LimitsDataByProcess">Its memory is limited for each process, because no group limits it.</param>
/// <param name="LimitsDataFolder">Its data folder, if it has one, is of limited size.</param>
internal sealed record ProductPlan(
    string Name, string Program, ProductGrant Grant, IReadOnlyList<string> ControlGroups, bool LimitsDataByProcess, bool LimitsDataFolder);
