using Outwork.Sdk;
using Outwork.TestAssets.TemplateGuard;

// What a reader that knows the interpreter says of content: it needs no trial to refuse the defect.
if (args is ["check", string directory])
    return TemplateCheck.Run(directory, Console.Out);
using var product = new TemplateGuardProduct();
return ProductHost.Run(product, args);
