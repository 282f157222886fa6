using System.Threading.Channels;
using Outwork.Platform.Linux.Mounts;

namespace Outwork.BrokerHost.Mounts;

/// <summary>
/// Marks the file systems of mounts, each by hold of the very mount that is meant. The way to one may lead over a file system whose server never
/// answers, which any user can mount where they own a folder: so this is done on a thread that is left behind when it does not come
/// back in time. A mount at which a thread waits still is not tried again. One caller at a time.
/// </summary>
/// <param name="mark">Marks what it is given: 0, or the errno. Any thread. Hold is taken for this long only: it keeps people from unmounting.</param>
/// <param name="patience">How long the way to one mount may take.</param>
internal sealed class MountPoints(Func<MountPoint, int> mark, TimeSpan patience)
{
    private const string NoAnswer = "the way to it leads over a file system that does not answer";
    private readonly Func<MountPoint, int> _mark = mark;
    private readonly Lock _gate = new();
    private readonly HashSet<Mount> _stuck = [];

    /// <summary>Called when a thread that was left behind has come back, so that its mount can be tried again.</summary>
    public Action? CameBack { get; set; }

    /// <summary>Marks what can be reached, and says of each what became of it.</summary>
    public List<MountMark> Mark(IReadOnlyList<Mount> mounts)
    {
        var marks = new List<MountMark>(mounts.Count);
        while (marks.Count < mounts.Count)
        {
            var walk = new Walk(this, mounts, marks.Count);
            while (marks.Count < mounts.Count && walk.Next(mounts[marks.Count], patience) is { } step) marks.Add(step);
            if (marks.Count < mounts.Count) marks.Add(OutOfReach(mounts[marks.Count], NoAnswer));
        }
        return marks;
    }

    private static MountMark OutOfReach(Mount mount, string reason) => new(mount, IsOutOfReach: true, reason);

    // One thread, from one mount to the last, or to the one where it is stuck.
    private sealed class Walk
    {
        private readonly MountPoints _points;
        private readonly Channel<MountMark> _steps;
        private bool _isLeft;

        public Walk(MountPoints points, IReadOnlyList<Mount> mounts, int first)
        {
            _points = points;
            _steps = Channel.CreateBounded<MountMark>(mounts.Count - first);
            new Thread(() => Run(mounts, first)) { IsBackground = true, Name = "mount-points" }.Start();
        }

        /// <summary>What became of this mount, which is the next; null when it takes too long: then the thread is left behind.</summary>
        public MountMark? Next(Mount mount, TimeSpan patience)
        {
            _ = _steps.Reader.WaitToReadAsync().AsTask().Wait(patience);
            lock (_points._gate)
            {
                if (_steps.Reader.TryRead(out var step)) return step;
                _isLeft = true;
                _points._stuck.Add(mount);
                return null;
            }
        }

        private void Run(IReadOnlyList<Mount> mounts, int first)
        {
            for (int i = first; i < mounts.Count; i++)
            {
                if (!TryTell(Take(mounts[i]))) return;
            }
        }

        private MountMark Take(Mount mount)
        {
            lock (_points._gate)
            {
                if (_points._stuck.Contains(mount)) return OutOfReach(mount, NoAnswer);
            }
            using var point = MountPoint.Open(mount);
            if (point is null) return OutOfReach(mount, "another mount covers it");
            int errno = _points._mark(point);
            return new MountMark(mount, IsOutOfReach: false,
                errno == 0 ? "" : $"the kernel refuses the mark: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno)}");
        }

        private bool TryTell(MountMark step)
        {
            lock (_points._gate)
            {
                if (!_isLeft) return _steps.Writer.TryWrite(step);
                _points._stuck.Remove(step.Mount);
            }
            _points.CameBack?.Invoke();
            return false;
        }
    }
}
