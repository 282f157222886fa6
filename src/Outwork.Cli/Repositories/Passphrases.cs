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

    public Option<string?> File { get; } =
        new Option<string?>("--passphrase-file") { Description = "Read the passphrase of the keys from this file; its last line end does not count.", HelpName = "FILE" }.NotEmpty();

    public Option<int?> Descriptor { get; } =
        new Option<int?>("--passphrase-fd") { Description = "Read it from this open descriptor.", HelpName = "N" }.AtLeast(0);

    public void AddTo(Command command)
    {
        command.Options.Add(File);
        command.Options.Add(Descriptor);
        command.Validators.Add(result =>
        {
            if (result.GetResult(File) is not null && result.GetResult(Descriptor) is not null)
                result.AddError("Give one of --passphrase-file and --passphrase-fd.");
        });
    }

    /// <summary>What its owner should see to.</summary>
    public string[] Warn(ParseResult parsed)
    {
        // Of the group nothing is said: what systemd hands to a service of another user looks as if its group might read it.
        if (parsed.GetResult(File) is null || parsed.GetValue(File) is not { } path || !System.IO.File.Exists(path) || !System.IO.File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead))
            return [];
        return [$"Everybody on this machine can read the passphrase in {path}: chmod 600 {path}"];
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
            try
            {
                using var file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Read, bufferSize: 0);
                return ReadLine(file);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                throw new IOException($"descriptor {descriptor} cannot be read: {unreadable.Message}", unreadable);
            }
        }

        if (Console.IsInputRedirected)
            return null;
        byte[]? first = Ask($"Passphrase of {forWhat}: ");
        if (!isNew || first is null)
            return first;
        byte[]? second = Ask("Once more: ");
        bool same = second is not null && CryptographicOperations.FixedTimeEquals(first, second);
        CryptographicOperations.ZeroMemory(second);
        if (same)
            return first;
        CryptographicOperations.ZeroMemory(first);
        return null;
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

    // In a buffer that is wiped: a string would stay in memory for as long as the process lives.
    private static byte[]? Ask(string question)
    {
        Console.Error.Write(question);
        char[] typed = new char[LongestPassphrase];
        int length = 0;
        try
        {
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                if (key.Key == ConsoleKey.Enter)
                    break;
                if (key.Key == ConsoleKey.Backspace)
                    length = Math.Max(0, length - 1);
                else if (key.KeyChar != '\0' && length < typed.Length)
                    typed[length++] = key.KeyChar;
            }

            Console.Error.WriteLine();
            return length == 0 ? null : Encoding.UTF8.GetBytes(typed, 0, length);
        }
        finally
        {
            Array.Clear(typed);
        }
    }
}
