using Outwork.Platform.Linux.Mounts;

namespace Outwork.BrokerHost.Mounts;

/// <summary>One reading of the mount table, and what became of the marks that it asks for. Made where it may wait; used on the reactor.</summary>
/// <param name="Table">All mounts.</param>
/// <param name="IsMarked">False when nothing is guarded yet, so that no mark was set.</param>
/// <param name="Marks">The mounts whose file systems are to be guarded.</param>
/// <param name="NotChosen">For people: what is not to be guarded, each with the reason.</param>
internal sealed record MountReading(IReadOnlyList<Mount> Table, bool IsMarked, IReadOnlyList<MountMark> Marks, IReadOnlyList<string> NotChosen)
{
    /// <summary>Reads the table and, if it is time, marks what is to be guarded.</summary>
    public static MountReading Take(GuardedMounts guarded, MountPoints points)
    {
        bool isTime = guarded.IsOn;
        var table = MountTable.Read();
        if (!isTime) return new MountReading(table, IsMarked: false, [], []);
        var (chosen, notChosen) = guarded.Choose(table);
        var marks = points.Mark(chosen);
        // A file system that cannot be reached at one mount may be at another; when the path is given, no other is meant.
        var others = guarded.IsWholeMachine ? table.FindAll(m => !chosen.Contains(m) && marks.Exists(n => n.IsOutOfReach && n.Mount.Device == m.Device)) : [];
        if (others.Count != 0)
        {
            marks.AddRange(points.Mark(others).Where(static m => !m.IsOutOfReach));
            marks.RemoveAll(m => m.IsOutOfReach && marks.Exists(n => n.IsSet && n.Mount.Device == m.Mount.Device));
        }
        return new MountReading(table, IsMarked: true, marks, notChosen);
    }
}

/// <summary>What became of one mark.</summary>
/// <param name="Mount">The mount whose file system was to be marked.</param>
/// <param name="IsOutOfReach">True when the path of the mount does not lead to it, or not in time.</param>
/// <param name="Fault">Why it is not marked; empty when it is.</param>
internal sealed record MountMark(Mount Mount, bool IsOutOfReach, string Fault)
{
    /// <summary>True when it is marked now.</summary>
    public bool IsSet => Fault.Length == 0;
}
