using System.Text.Json;
using Outwork.Agent.Export;
using Outwork.Agent.Tests.Support;

namespace Outwork.Agent.Tests.Export;

public sealed class FileExportTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly AgentCounters _counters = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Events_are_in_the_file_within_a_second_without_being_asked()
    {
        using FileExport export = Create(_directory.Path);
        export.Take(SampleEvents.Exec("ls"));
        export.Take(SampleEvents.Decision());
        export.EndBatch();
        await Eventually.HoldsAsync(() => _counters[AgentCounter.ExportRecords] == 2);
        Assert.Single(File.ReadAllLines(_directory["outwork.jsonl"]));
        Assert.Single(File.ReadAllLines(_directory["outwork-processes.jsonl"]));
    }

    [Fact]
    public void Storm_of_processes_pushes_no_decision_out()
    {
        using (FileExport export = Create(_directory.Path, bytes: 16 * 1024, files: 2))
        {
            export.Take(SampleEvents.Decision(7));
            export.Take(SampleEvents.Gap(2));
            for (int i = 0; i < 1_000; i++)
                export.Take(SampleEvents.Exec("ls"));
        }

        Assert.True(_counters[AgentCounter.ExportRotations] > 10);
        string[] lines = File.ReadAllLines(_directory["outwork.jsonl"]);
        Assert.Equal((2, 7ul), (lines.Length, DecisionId(lines[0])));
    }

    [Fact]
    public void What_waits_is_written_when_it_ends()
    {
        using (FileExport export = Create(_directory.Path))
        {
            for (ulong id = 1; id <= 3000; id++)
                export.Take(SampleEvents.Decision(id));
        }

        string[] lines = File.ReadAllLines(_directory["outwork.jsonl"]);
        Assert.Equal(Enumerable.Range(1, 3000).Select(id => (ulong)id), lines.Select(DecisionId));
        Assert.Equal(new FileInfo(_directory["outwork.jsonl"]).Length, _counters[AgentCounter.ExportBytes]);
    }

    [Fact]
    public void Decisions_only_leaves_process_events_out()
    {
        using (FileExport export = Create(_directory.Path, events: false))
        {
            export.Take(SampleEvents.Exec("ls"));
            export.Take(SampleEvents.Decision(5));
            export.Take(SampleEvents.Gap(2));
        }

        Assert.Equal(2, File.ReadAllLines(_directory["outwork.jsonl"]).Length);
    }

    [Fact]
    public async Task Full_disk_is_counted_and_export_goes_on_when_there_is_room()
    {
        await using SmallDisk disk = await SmallDisk.MountAsync(kibibytes: 128);
        disk.Fill();
        using FileExport export = Create(disk.Path);
        export.Take(SampleEvents.Decision(1));
        export.EndBatch();
        await Eventually.HoldsAsync(() => _counters[AgentCounter.ExportWriteErrors] == 1);
        Assert.Equal(1, _counters[AgentCounter.ExportRecordsLost]);
        disk.MakeRoom();
        export.Take(SampleEvents.Decision(2));
        export.EndBatch();
        await Eventually.HoldsAsync(() => _counters[AgentCounter.ExportRecords] == 1);
        Assert.Equal(2u, DecisionId(Assert.Single(File.ReadAllLines(Path.Join(disk.Path, "outwork.jsonl")))));
    }

    [Fact]
    public async Task Directory_that_cannot_be_written_is_counted_and_nothing_else()
    {
        File.WriteAllText(_directory["file"], "");
        using FileExport export = Create(_directory["file"]);
        export.Take(SampleEvents.Decision(1));
        export.EndBatch();
        await Eventually.HoldsAsync(() => _counters[AgentCounter.ExportWriteErrors] == 1);
    }

    private static ulong DecisionId(string line) =>
        JsonDocument.Parse(line).RootElement.GetProperty("unmapped").GetProperty("outwork").GetProperty("decision_id").GetUInt64();

    private FileExport Create(string directory, bool events = true, long bytes = 64 * 1024 * 1024, int files = 4) => new(
        new RotatingFile(directory, "outwork", bytes, files),
        new RotatingFile(directory, "outwork-processes", bytes, files),
        new OcsfEncoder(OcsfSource.Create("1", "device-1", "Linux", "0.1.0")),
        events,
        _counters);
}
