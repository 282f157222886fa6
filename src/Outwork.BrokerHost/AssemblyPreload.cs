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
                if (seen.Add(name.FullName)) waiting.Enqueue(Assembly.Load(name));
            }
        }
    }
}
