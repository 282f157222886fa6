using Outwork.Trust.Tests.Simulation;
using Outwork.Trust.Workflow;
using Outwork.TufClient;

namespace Outwork.Trust.Tests.Attacks;

public sealed class PlainLineTests
{
    [Fact]
    public void Text_of_a_mirror_does_not_steer_the_terminal()
    {
        var session = new MemorySession
        {
            Attacker = static step => step.Role == SimulatedRepository.Targets
                ? TrustAnswer.Of("""{"signatures":[],"signed":{"_type":"targets","spec_version":"1.0.0","version":1,"expires":"2030-01-01T00:00:00Z","targets":{"\u001b]0;title\u0007\u202e":0}}}"""u8.ToArray()) : null,
        };
        string told = session.Refuses(TrustRefusalCode.MalformedMetadata).ToString();
        Assert.Contains('\u001b', told);
        string plain = PlainLine.Of(told);
        Assert.DoesNotContain(plain, static unit => char.IsControl(unit) || unit == '\u202e');
        Assert.Contains("\\u001b]0;title", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_any_length_is_one_short_line() => Assert.InRange(PlainLine.Of(new string('a', 10_000_000)).Length, 1, 2100);
}
