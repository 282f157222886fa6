using Outwork.Sdk;

namespace Outwork.TestAssets.TemplateGuard;

/// <summary><c>template-guard check DIRECTORY</c>: what the product ought to have done. The content's declaration is held against what the interpreter is given.</summary>
internal static class TemplateCheck
{
    private static readonly ContentSchema Supplied = new("template-guard", 1, InputFields.Count);

    /// <summary>Checks and prints; 0 in order, 2 refused.</summary>
    public static int Run(string directory, TextWriter output)
    {
        TemplateContent? content = TemplateContent.Read(directory, out string fault);
        if (content is not null && Supplied.FindFault(content.Schema) is { } mismatch)
            fault = $"{TemplateContent.FileName}: {mismatch}";
        output.WriteLine(fault.Length > 0 ? $"error: {fault}" : $"version {content!.Version}: in order");
        return fault.Length > 0 ? 2 : 0;
    }
}
