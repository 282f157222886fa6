using Outwork.Products.ExecGuard;
using Outwork.Sdk;

if (args is ["--check", string directory, .. string[] files])
    return ContentCheck.Run(directory, files, Console.Out);
using var product = new ExecGuardProduct(TimeProvider.System);
return ProductHost.Run(product, args);
