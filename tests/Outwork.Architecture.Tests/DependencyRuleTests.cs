using System.Reflection;
using System.Text.RegularExpressions;

namespace Outwork.Architecture.Tests;

/// <summary>
/// Dependencies point inwards: contracts, then the pure parts, then the platform, then the executables. What a project may refer to is
/// listed here; a new edge is a decision and not an accident.
/// </summary>
public sealed partial class DependencyRuleTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Outwork.Contracts"] = [],
        ["Outwork.Broker"] = ["Outwork.Contracts"],
        ["Outwork.Sdk"] = ["Outwork.Contracts"],
        ["Outwork.Sdk.Testing"] = ["Outwork.Sdk", "Outwork.Contracts"],
        ["Outwork.Policy"] = ["Outwork.Broker", "Outwork.Contracts"],
        ["Outwork.Trust"] = [],
        ["Outwork.Content"] = ["Outwork.Trust", "Outwork.Contracts"],
        ["Outwork.Platform"] = ["Outwork.Contracts"],
