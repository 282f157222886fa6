using System.Text;

namespace Outwork.ExecGuard.Tests.Support;

/// <summary>
/// The EICAR test string, put together when it is needed: neither this source nor the compiled tests hold it, or no scanner
/// would let them be opened.
/// </summary>
internal static class Eicar
{
    private static readonly string[] Parts = ["X5O!P%@AP[4", @"\PZX54(P^)7CC)7}", "$EICAR-STAND", "ARD-ANTIVIRUS-TEST", "-FILE!$H+H*"];

    public static byte[] Bytes => Encoding.ASCII.GetBytes(string.Concat(Parts));
}
