using System.Security.Cryptography;

namespace Outwork.Content.Tests.Support;

/// <summary>A package whose last bytes come when the test lets them.</summary>
/// <param name="bytes">The package.</param>
/// <param name="readsBefore">How often it is read to its end before it is held up.</param>
internal sealed class SlowStream(byte[] bytes, int readsBefore = 0) : MemoryStream(bytes, writable: false)
{
    private int _reads;

    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(bytes));

    public ManualResetEventSlim IsBeingRead { get; } = new();

    public ManualResetEventSlim MayBeRead { get; } = new();

    // A stream of memory that was derived from reads spans by this, too.
    public override int Read(byte[] buffer, int offset, int count)
    {
        if (Position == 0)
            _reads++;
        if (_reads > readsBefore && Position > 0)
        {
            IsBeingRead.Set();
            Assert.True(MayBeRead.Wait(TimeSpan.FromSeconds(60)));
        }

        return base.Read(buffer, offset, count);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            IsBeingRead.Dispose();
            MayBeRead.Dispose();
        }

        base.Dispose(disposing);
    }
}
