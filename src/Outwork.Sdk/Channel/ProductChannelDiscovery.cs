using System.Reflection;

namespace Outwork.Sdk.Channel;

/// <summary>Finds the provider of the operating system among the assemblies shipped beside the SDK.</summary>
internal static class ProductChannelDiscovery
{
    private const string AssemblyPattern = "Outwork.Platform.*.dll";

    public static IProductChannelProvider? Find()
    {
        foreach (string path in Directory.EnumerateFiles(AppContext.BaseDirectory, AssemblyPattern))
        {
            Assembly assembly = Assembly.Load(new AssemblyName(Path.GetFileNameWithoutExtension(path)));
            if (assembly.GetCustomAttribute<ProductChannelProviderAttribute>() is { } attribute)
                return (IProductChannelProvider?)Activator.CreateInstance(attribute.Provider);
        }

        return null;
    }
}
