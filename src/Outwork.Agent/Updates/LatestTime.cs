using System.Globalization;
using System.Text;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Agent.Updates;

/// <summary>
/// The latest time that this device has seen, kept on the disk: a clock that is set back makes nothing valid that had expired (a freeze
/// attack needs no more than that otherwise). One thread at a time.
/// </summary>
/// <remarks>A clock that was once wrong far ahead stays believed: the file is then to be deleted, which docs/publish-content.md says.</remarks>
internal sealed class LatestTime
{
    private const string FileName = "latest-time";
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Each is a write that reaches the disk.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Action<string> _report;
    private DateTimeOffset _latest;
    private DateTimeOffset _kept;

    /// <param name="directory">The agent's folder.</param>
    /// <param name="time">The device's clock.</param>
    /// <param name="report">Gets a sentence when it cannot be kept.</param>
    public LatestTime(string directory, TimeProvider time, Action<string> report)
    {
        _path = Path.Join(directory, FileName);
        _time = time;
        _report = report;
        _latest = _kept = Load();
    }

    /// <summary>Now, or the latest time seen if the clock says less. What was given within half a minute before a restart may not have been kept.</summary>
    public DateTimeOffset Now()
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (now <= _latest)
            return _latest;
        _latest = now;
        if (now - _kept >= Step)
            Keep();
        return now;
    }

    private DateTimeOffset Load()
    {
        try
        {
            string text = File.ReadAllText(_path);
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset latest))
                return latest;
            _report($"{_path} is damaged; the clock is believed until it is written anew");
        }
        catch (FileNotFoundException)
        {
            // The first start.
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            _report($"the latest time seen cannot be read: {unreadable.Message}");
        }

        return DateTimeOffset.MinValue;
    }

    private void Keep()
    {
        try
        {
            using DurableFile file = DurableFile.Prepare(_path, Encoding.ASCII.GetBytes(_latest.ToString("O", CultureInfo.InvariantCulture)), Mode);
            file.Commit();
            _kept = _latest;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or Platform.Linux.LinuxException)
        {
            _report($"the latest time seen cannot be kept: {failed.Message}");
        }
    }
}
