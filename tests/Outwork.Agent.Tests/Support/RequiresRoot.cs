namespace Outwork.Agent.Tests.Support;

/// <summary>A missing privilege skips a test on a developer's machine and fails it in CI.</summary>
internal static class RequiresRoot
{
    public static void Check()
    {
        if (Environment.IsPrivilegedProcess)
            return;
        Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") is null, "needs root");
        Assert.Fail("needs root");
    }
}
