using System.Text;
using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Agent.Recording;

/// <summary>
/// What one product was asked, each file once with a count: bounded in entries and bytes. Holds no
/// arguments, no user, none of a file's bytes. Any thread.
/// </summary>
/// <param name="product">The product whose vote counts.</param>
/// <param name="mostEntries">Distinct questions at most.</param>
/// <param name="mostBytes">Bytes that they take written down, at most.</param>
internal sealed class QuestionRing(string product, int mostEntries, int mostBytes)
{
    // A line of JSON without its path.
    private const int LineBytes = 160;

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, LinkedListNode<RecordedQuestion>> _byKey = [];

    // Those asked once go first: whoever runs many files, each once, does not drive out what the machine runs every day.
    private readonly LinkedList<RecordedQuestion> _once = new();
    private readonly LinkedList<RecordedQuestion> _often = new();
    private long _bytes;
    private long _version;

    /// <summary>Told of each question as it is added: from the pump's thread, so it must neither block nor throw.</summary>
    public Action<RecordedQuestion>? Added { get; set; }

    /// <summary>Increases with each change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Distinct questions.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _byKey.Count;
        }
    }

    /// <summary>Takes note of a decision, if the product had a part in it.</summary>
    public void Take(DecisionRecord decision)
    {
        if (decision.File.IsNone || decision.Kind is not (EventKind.Exec or EventKind.Open) || VerdictOf(decision) is not { } verdict)
            return;
        var question = new RecordedQuestion
        {
            Kind = decision.Kind,
            Via = decision.Via,
            Path = decision.Path,
            Device = decision.File.Device,
            Inode = decision.File.Inode,
            Size = decision.File.Size,
            ModifiedNs = decision.File.ModifiedNs,
            Verdict = verdict,
        };
        Add(question);
        Added?.Invoke(question);
    }

    /// <summary>Adds a question, or counts it.</summary>
    public void Add(RecordedQuestion question)
    {
        var key = new Key(question.Kind, question.Via, question.Path, question.Device, question.Inode);
        lock (_gate)
        {
            _version++;
            if (_byKey.Remove(key, out LinkedListNode<RecordedQuestion>? known))
            {
                Remove(known);
                RecordedQuestion before = known.Value;
                // Of a file that was rewritten only what is known of its new bytes is of use.
                if (before.Size == question.Size && before.ModifiedNs == question.ModifiedNs)
                {
                    question = question with
                    {
                        Count = (int)Math.Min((long)before.Count + question.Count, int.MaxValue),
                        // That nobody could judge it this time does not undo what was answered.
                        Verdict = question.Verdict == Verdict.None ? before.Verdict : question.Verdict,
                    };
                }
            }

            _byKey[key] = (question.Count > 1 ? _often : _once).AddLast(question);
            _bytes += BytesOf(question);
            while (_byKey.Count > mostEntries || _bytes > mostBytes)
            {
                LinkedListNode<RecordedQuestion> oldest = Oldest();
                RecordedQuestion gone = oldest.Value;
                _byKey.Remove(new Key(gone.Kind, gone.Via, gone.Path, gone.Device, gone.Inode));
                Remove(oldest);
            }
        }
    }

    /// <summary>All of them, the one that is forgotten first in front.</summary>
    public RecordedQuestion[] ToArray()
    {
        lock (_gate)
            return [.. _once, .. _often];
    }

    // A quarter is left to those asked once: what is new could become known never otherwise.
    private LinkedListNode<RecordedQuestion> Oldest() =>
        _once.First is { } once && _once.Count * 4 > _byKey.Count ? once : _often.First ?? _once.First!;

    private static int BytesOf(RecordedQuestion question) => LineBytes + Encoding.UTF8.GetByteCount(question.Path);

    // Its own vote, or what was decided by an earlier one; a rule's decision, or that of others, says nothing about the product.
    private Verdict? VerdictOf(DecisionRecord decision)
    {
        foreach (ProductVote vote in decision.Votes)
        {
            if (vote.Product == product)
                return vote.Verdict;
        }

        return decision.Votes.Length == 0 && decision.CachedFrom != 0 ? decision.Verdict : null;
    }

    private void Remove(LinkedListNode<RecordedQuestion> node)
    {
        node.List!.Remove(node);
        _bytes -= BytesOf(node.Value);
    }

    private readonly record struct Key(EventKind Kind, ExecVia Via, string Path, ulong Device, ulong Inode);
}
