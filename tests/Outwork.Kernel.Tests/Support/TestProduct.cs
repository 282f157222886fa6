using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Sdk;

namespace Outwork.Kernel.Tests.Support;

/// <summary>A product that answers as the test says, and remembers what it was asked.</summary>
internal sealed class TestProduct(string name, Func<AuthQuestion, SafeFileHandle?, Judgement> judge) : SecurityProduct
{
    private readonly List<AuthQuestion> _asked = [];

    public override string Name => name;

    public override ProductSubscription Subscription => new([EventKind.Exec, EventKind.Open], [], WantsDescriptor: true, Concurrency: 4);

    public AuthQuestion[] Asked
    {
        get { lock (_asked) return [.. _asked]; }
    }

    public override Judgement Judge(AuthQuestion question, SafeFileHandle? file, CancellationToken deadline)
    {
        lock (_asked) _asked.Add(question);
        return judge(question, file);
    }

    /// <summary>A product that denies what contains a text, and allows the rest.</summary>
    public static TestProduct Denying(string text, bool cacheable = true) =>
        new("guard", (_, file) => Contains(file!, text) ? Judgement.Deny($"contains {text}", cacheable) : Judgement.Allow(cacheable: cacheable));

    private static bool Contains(SafeFileHandle file, string text)
    {
        byte[] content = new byte[RandomAccess.GetLength(file)];
        int read = RandomAccess.Read(file, content, 0);
        return content.AsSpan(0, read).IndexOf(System.Text.Encoding.ASCII.GetBytes(text)) >= 0;
    }
}
