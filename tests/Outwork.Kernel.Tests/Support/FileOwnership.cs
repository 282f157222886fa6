namespace Outwork.Kernel.Tests.Support;

internal static class FileOwnership
{
    public static void GiveTo(string path, int user)
    {
        Assert.Equal(0, TestProcess.Run("chown", $"{user}", path).ExitCode);
        GuardedMount.Settle();
    }
}
