using Outwork.Sdk.Testing.Chaos;

return ChaosHost.Run(args);
