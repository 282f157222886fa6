using Outwork.Sdk;
using Outwork.TestAssets.StuckProduct;

return ProductHost.Run(new SilentProduct(), args);
