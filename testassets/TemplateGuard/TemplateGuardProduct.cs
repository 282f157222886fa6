using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Sdk;

namespace Outwork.TestAssets.TemplateGuard;

/// <summary>
/// A product with the design of the one that failed on 19 July 2024: content is instances of a template type that declares 21 fields, the
/// sensor supplies 20, the validator believes the declaration, and the interpreter checks no bounds.
/// </summary>
internal sealed class TemplateGuardProduct : SecurityProduct, IDisposable
{
    private readonly InputFields _fields = new();
    private TemplateInterpreter? _interpreter;
    private int _events;

    public override string Name => "template-guard";

    public override ProductSubscription Subscription { get; } = new(Auth: [EventKind.Exec, EventKind.Open], Notify: [], WantsDescriptor: false);

    public override Judgement Judge(AuthQuestion question, SafeFileHandle? file, CancellationToken deadline)
    {
        if (Volatile.Read(ref _interpreter) is not { } interpreter)
            return Judgement.Failed("no content is in force");
        _fields.Set(0, question.Kind.ToString());
        _fields.Set(1, question.Via.ToString());
        _fields.Set(2, Path.GetFileName(question.Path));
        _fields.Set(3, Path.GetDirectoryName(question.Path) ?? "");
        _fields.Set(4, question.Executable);
        _fields.Set(InputFields.Count - 1, (++_events).ToString(CultureInfo.InvariantCulture));
        return interpreter.FindDenial(_fields) is { } instance ? Judgement.Deny($"template instance {instance}", cacheable: false) : Judgement.Allow(cacheable: false);
    }

    public override ContentReport LoadContent(string directory)
    {
        // A package's content is all of it: this product has none of the administrator's beside it.
        if (TemplateContent.Read(PackagedContent ?? directory, out string fault) is not { } content)
            return new ContentReport(Accepted: false, "", fault);
        Volatile.Write(ref _interpreter, new TemplateInterpreter(content));
        return new ContentReport(Accepted: true, content.Version, $"{content.Instances.Length} instances of {content.Schema.Name}");
    }

    public void Dispose() => _fields.Dispose();
}
