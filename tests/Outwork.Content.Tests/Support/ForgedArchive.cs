using System.Security.Cryptography;
using System.Text;

namespace Outwork.Content.Tests.Support;

/// <summary>Writes archives as an attacker would: any header, any order, any manifest. It shares no code with the writer of packages.</summary>
internal sealed class ForgedArchive
{
    private readonly List<byte> _bytes = [];

    /// <summary>A manifest with these files; each is a name and its bytes.</summary>
    public static string Manifest(params (string Path, string Text)[] files) =>
        ManifestOf([.. files.Select(f => $$"""{"path":{{Json(f.Path)}},"size":{{Encoding.UTF8.GetByteCount(f.Text)}},"sha256":"{{Digest(f.Text)}}"}""")]);

    public static string ManifestOf(params string[] files) =>
        $$"""{"format":1,"kind":"content","vendor":"acme","product":"acme-guard","version":"1.0.0","schema":{"name":"s","version":1,"fields":21},"files":[{{string.Join(',', files)}}]}""";

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public ForgedArchive Manifested(string json) => File("outwork-package.json", json);

    public ForgedArchive File(string name, string text, char type = '0', int mode = 420, long? size = null, Action<byte[]>? change = null, string link = "")
    {
        byte[] data = Encoding.UTF8.GetBytes(text);
        byte[] header = new byte[512];
        Put(header, 0, name);
        Put(header, 100, Octal(mode, 7));
        Put(header, 108, Octal(0, 7));
        Put(header, 116, Octal(0, 7));
        Put(header, 124, Octal(size ?? data.Length, 11));
        Put(header, 136, Octal(0, 11));
        header[156] = (byte)type;
        Put(header, 157, link);
        Put(header, 257, "ustar");
        Put(header, 263, "00");
        Put(header, 329, Octal(0, 7));
        Put(header, 337, Octal(0, 7));
        change?.Invoke(header);
        header.AsSpan(148, 8).Fill((byte)' ');
        Put(header, 148, Octal(header.Sum(b => b), 6) + "\0 ");
        _bytes.AddRange(header);
        return Raw(data).Raw(new byte[-data.Length & 511]);
    }

    public ForgedArchive Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] End() => [.. Raw(new byte[1024])._bytes];

    public byte[] Cut() => [.. _bytes];

    private static string Octal(long value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');

    private static void Put(byte[] header, int at, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header, at);

    private static string Json(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";
}
