using Outwork.Products.ExecGuard;
using Outwork.Products.ExecGuard.Loading;
using Outwork.Sdk;

if (args is ["--check", string directory, .. string[] files])
    return ContentCheck.Run(ScanContentLoader.Load(directory), files, Console.Out);
if (args is ["check", string package, .. string[] judged])
    return ContentCheck.Run(ScanContentLoader.Load(null, package), judged, Console.Out);
using var product = new ExecGuardProduct(TimeProvider.System);
return ProductHost.Run(product, args);
