using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Cli.Repositories;

/// <summary>
/// Where passphrases come from: a file, a descriptor, or a person at a terminal. Never the command line or the environment, which others can read.
/// </summary>
internal sealed class Passphrases
{
    private const int LongestPassphrase = 4096;

    public Option<string?> File { get; } = new("--passphrase-file") { Description = "Read the passphrase of the keys from this file; its last line end does not count.", HelpName = "FILE" };

    public Option<int?> Descriptor { get; } = new("--passphrase-fd") { Description = "Read it from this open descriptor.", HelpName = "N" };

    public void AddTo(Command command)
    {
        command.Options.Add(File);
        command.Options.Add(Descriptor);
    }

    /// <summary>The passphrase; null when there is none to be had.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="forWhat">What it is asked for.</param>
    /// <param name="isNew">Asked for twice at a terminal.</param>
    public byte[]? Read(ParseResult parsed, string forWhat, bool isNew)
    {
        if (parsed.GetValue(File) is { } path)
        {
            using FileStream file = System.IO.File.OpenRead(path);
            return ReadLine(file);
        }

        if (parsed.GetValue(Descriptor) is { } descriptor)
        {
            using var file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            return ReadLine(file);
        }

        if (Console.IsInputRedirected)
            return null;
        byte[]? first = Ask($"Passphrase of {forWhat}: ");
        if (!isNew || first is null)
            return first;
        byte[]? second = Ask("Once more: ");
        bool same = second is not null && CryptographicOperations.FixedTimeEquals(first, second);
        return same ? first : null;
    }

    private static byte[]? ReadLine(Stream stream)
    {
        byte[] buffer = new byte[LongestPassphrase];
        int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> text = buffer.AsSpan(0, length).TrimEnd("\r\n"u8);
        byte[]? passphrase = text.IsEmpty ? null : text.ToArray();
        CryptographicOperations.ZeroMemory(buffer);
        return passphrase;
    }

    private static byte[]? Ask(string question)
    {
        Console.Error.Write(question);
        var text = new StringBuilder();
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
                break;
            if (key.Key == ConsoleKey.Backspace)
                text.Length = Math.Max(0, text.Length - 1);
            else if (key.KeyChar != '\0')
                text.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return text.Length == 0 ? null : Encoding.UTF8.GetBytes(text.ToString());
    }
}
