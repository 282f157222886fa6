using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>
/// The broker's memory beyond its own life: a memory file that the warden makes once and hands to each broker. Written through a
/// mapping, without a system call; a broker that is killed in the middle of a record leaves one whose checksum is wrong. One thread.
/// </summary>
/// <remarks>
/// A page with the magic number, the layout's version, a key, how far was told, how much of the log was ever used, how many products and a
/// bit for each place ever used, so that what was not used is not touched and takes no memory; 4,096 places of 512 bytes for denials, found
/// by file; <see cref="StandingPlaces"/>; 4 MiB for decisions, one behind the other and then over the oldest, each beginning at a
/// multiple of 64. Each record is a <see cref="MemoryRecord"/>. The key of a decision is its id, exclusive-or a random number of the file's own:
/// after a torn record the reading looks for the next one in what may be its content, and a path or a reason could hold what looks like a record.
/// </remarks>
public sealed unsafe class VerdictMemoryFile : IVerdictStore, IDisposable
{
    private const uint FileMagic = 0x314D574F, Version = 3;
    private const int LogKeyOffset = 8, ToldOffset = 64, ExtentOffset = 128, StandingCountOffset = 192, PlaceBitsOffset = 512, LogAlignment = 64;
    private const int HeaderPage = VerdictMemoryDescriptor.HeaderPage, Length = VerdictMemoryDescriptor.Length;
    private const int DenialPlaces = VerdictMemoryDescriptor.DenialPlaces, DenialLength = VerdictMemoryDescriptor.DenialLength;
    private const int LogLength = VerdictMemoryDescriptor.LogLength;

    private readonly SafeFileHandle _file;
    private readonly byte[] _scratch = new byte[FrameLimits.MaxEventFrame];
    private readonly StandingPlaces _standings;
    private byte* _address;
    private int _position;

    private VerdictMemoryFile(SafeFileHandle file, byte* address)
    {
        _file = file;
        _address = address;
        _standings = new StandingPlaces((uint*)(address + StandingCountOffset), address + VerdictMemoryDescriptor.StandingsOffset);
    }

    /// <summary>Opens the file that <see cref="VerdictMemoryDescriptor.Create"/> made; owns the descriptor. Null when it is not one.</summary>
    /// <exception cref="LinuxException">It cannot be mapped.</exception>
    public static VerdictMemoryFile? Open(SafeFileHandle file)
    {
        if (RandomAccess.GetLength(file) != Length)
        {
            file.Dispose();
            return null;
        }
        nint address = Interop.mmap(0, Length, Interop.PROT_READ | Interop.PROT_WRITE, Interop.MAP_SHARED, file, 0);
        if (address == Interop.MAP_FAILED)
            throw LinuxException.Last("mmap");
        var memory = new VerdictMemoryFile(file, (byte*)address);
        Span<byte> head = memory.Part(0, 8);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head) != FileMagic || BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) != Version)
        {
            // New, or of another layout: nothing in it can be read.
            memory.Part(0, HeaderPage).Clear();
            Randomness.Fill(memory.Part(LogKeyOffset, sizeof(ulong)));
            BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Version);
            BinaryPrimitives.WriteUInt32LittleEndian(head, FileMagic);
        }
        return memory;
    }

    /// <inheritdoc/>
    public void Keep(DecisionRecord decision)
    {
        if (_address is null)
            return;
        int length = NotifyCodec.Encode(_scratch, new NotifyEvent { Kind = EventKind.Decision, TimeUnixNs = decision.TimeUnixNs, Decision = decision }, 0);
        int whole = Align(MemoryRecord.Header + length);
        if (_position + whole > LogLength)
            _position = 0;
        int end = _position + whole;
        if (end > Extent)
            Volatile.Write(ref *(int*)(_address + ExtentOffset), end);
        MemoryRecord.Write(Log(_position, whole), decision.Id ^ LogKey, _scratch.AsSpan(0, length));
        _position = end;
    }

    /// <inheritdoc/>
    public void Keep(RememberedDenial denial)
    {
        if (_address is null)
            return;
        ulong key = KeyOf(denial.Identity.Device, denial.Identity.Inode);
        if (DenialCodec.TryEncode(denial, _scratch.AsSpan(0, DenialLength - MemoryRecord.Header), out int length))
        {
            *PlaceBits(PlaceOf(key)) |= Bit(PlaceOf(key));
            MemoryRecord.Write(Place(key), key, _scratch.AsSpan(0, length));
        }
        else
            Erase(key);
    }

    /// <inheritdoc/>
    public void Keep(in StoredStanding standing)
    {
        if (_address is not null)
            _standings.Keep(standing);
    }

    /// <inheritdoc/>
    public void KeepTold(ulong decisionId)
    {
        if (_address is not null)
            Volatile.Write(ref *(ulong*)(_address + ToldOffset), decisionId);
    }

    /// <inheritdoc/>
    public void ForgetDenial(ulong device, ulong inode)
    {
        if (_address is not null)
            Erase(KeyOf(device, inode));
    }

    /// <inheritdoc/>
    public void ForgetDenials()
    {
        if (_address is null)
            return;
        for (int i = 0; i < DenialPlaces; i++)
        {
            if (IsUsed(i))
                Volatile.Write(ref *(uint*)(_address + HeaderPage + (i * DenialLength)), 0);
        }
    }

    /// <inheritdoc/>
    public StoredVerdicts Read()
    {
        List<RememberedDenial> denials = [];
        for (int i = 0; i < DenialPlaces; i++)
        {
            if (IsUsed(i) && MemoryRecord.TryRead(Part(HeaderPage + (i * DenialLength), DenialLength), out ulong key, out ReadOnlySpan<byte> content)
                && DenialCodec.TryDecode(content, out RememberedDenial? denial)
                && KeyOf(denial!.Identity.Device, denial.Identity.Inode) == key)
                denials.Add(denial);
        }
        return new StoredVerdicts(ReadDecisions(), denials, _standings.Read(), Volatile.Read(ref *(ulong*)(_address + ToldOffset)));
    }

    /// <summary>Ends the use of the memory; what is in it stays for the next process.</summary>
    public void Dispose()
    {
        if (_address is null)
            return;
        _ = Interop.munmap((nint)_address, Length);
        _address = null;
        _file.Dispose();
    }

    private List<DecisionRecord> ReadDecisions()
    {
        var texts = new Utf8Interning();
        SortedDictionary<ulong, DecisionRecord> found = [];
        ulong last = 0;
        int extent = Extent & ~(LogAlignment - 1);
        for (int position = 0; position < extent;)
        {
            if (!MemoryRecord.TryRead(Log(position, extent - position), out ulong key, out ReadOnlySpan<byte> content)
                || NotifyCodec.TryDecode(content, texts, out NotifyEvent? notification) != FrameFault.None
                || notification?.Decision is not { } decision || (decision.Id ^ LogKey) != key)
            {
                position += LogAlignment;
                continue;
            }
            ulong id = decision.Id;
            found[id] = decision;
            position += Align(MemoryRecord.Header + content.Length);
            if (id > last)
                (last, _position) = (id, position);
        }
        return [.. found.Values];
    }

    private void Erase(ulong key)
    {
        if (!IsUsed(PlaceOf(key)))
            return;
        Span<byte> place = Place(key);
        // Another file may have taken the place.
        if (BinaryPrimitives.ReadUInt32LittleEndian(place) == MemoryRecord.Magic && BinaryPrimitives.ReadUInt64LittleEndian(place[8..]) == key)
            BinaryPrimitives.WriteUInt32LittleEndian(place, 0);
    }

    private static ulong KeyOf(ulong device, ulong inode) => (inode ^ (device << 32) ^ (device >> 32)) * 0x9E3779B97F4A7C15UL;

    private static int Align(int length) => (length + LogAlignment - 1) & ~(LogAlignment - 1);

    private ulong LogKey => *(ulong*)(_address + LogKeyOffset);

    // Not trusted: an earlier broker may have written anything.
    private int Extent => Math.Clamp(Volatile.Read(ref *(int*)(_address + ExtentOffset)), 0, LogLength);

    private static int PlaceOf(ulong key) => (int)(key >> 52);

    private byte* PlaceBits(int place) => _address + PlaceBitsOffset + (place / 8);

    private static byte Bit(int place) => (byte)(1 << (place % 8));

    private bool IsUsed(int place) => (*PlaceBits(place) & Bit(place)) != 0;

    private Span<byte> Place(ulong key) => Part(HeaderPage + (PlaceOf(key) * DenialLength), DenialLength);

    private Span<byte> Log(int position, int length) => Part(VerdictMemoryDescriptor.LogOffset + position, length);

    private Span<byte> Part(int offset, int length) => new(_address + offset, length);
}
