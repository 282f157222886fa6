using System.Reflection;

namespace Outwork.BrokerHost;

/// <summary>
/// Loads every assembly that the broker refers to before it guards: one loaded later, on the reactor's thread, would be a file
/// that the reactor opens and must itself let itself open.
/// </summary>
internal static class AssemblyPreload
{
    public static void LoadAll()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<Assembly>([Assembly.GetExecutingAssembly()]);
        while (waiting.TryDequeue(out var assembly))
        {
            foreach (var name in assembly.GetReferencedAssemblies())
            {
                if (!IsOfOthers(name.Name) && seen.Add(name.FullName)) waiting.Enqueue(Assembly.Load(name));
            }
        }
    }

    // The platform has what other executables need of it: the broker keeps no content and verifies none.
    private static bool IsOfOthers(string? assembly) => assembly is "Outwork.Content" or "Outwork.Trust";
}
