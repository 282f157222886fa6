using Outwork.Sdk.Tests.Processes;

namespace Outwork.Sdk.Tests.Wire;

/// <summary>
/// Freezes the bytes of every frame. A new sample is written by running the tests once with OUTWORK_WRITE_GOLDEN=1; a changed
/// one means that version 1 is no longer version 1.
/// </summary>
public sealed class GoldenFrameTests
{
    private static readonly string Folder = Path.Combine(BuiltPrograms.Repository, "testassets", "golden", "frames");

    public static TheoryData<string> Names => [.. FrameSamples.All().Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Frame_has_the_frozen_bytes(string name)
    {
        string path = Path.Combine(Folder, name + ".hex");
        string actual = Lines(FrameSamples.All().First(sample => sample.Name == name).Frame);
        if (Environment.GetEnvironmentVariable("OUTWORK_WRITE_GOLDEN") == "1" && !File.Exists(path))
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }

    [Fact]
    public void Every_frozen_file_has_its_sample()
    {
        string[] files = [.. Directory.GetFiles(Folder).Select(Path.GetFileNameWithoutExtension).Order()!];
        Assert.Equal(FrameSamples.All().Select(sample => sample.Name).Order(), files);
    }

    // Sixteen bytes a line, so that a difference shows where it is.
    private static string Lines(byte[] frame) =>
        string.Concat(frame.Chunk(16).Select(line => Convert.ToHexStringLower(line) + "\n"));
}
