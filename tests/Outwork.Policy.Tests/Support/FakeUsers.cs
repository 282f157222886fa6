using Outwork.Contracts.Policy;

namespace Outwork.Policy.Tests.Support;

internal sealed class FakeUsers : IUserDirectory
{
    public static FakeUsers Instance { get; } = new();

    public uint? FindUserId(string name) => name switch { "root" => 0, "alice" => 1000, "bob" => 1001, _ => null };
}
