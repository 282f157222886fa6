using Outwork.Bench.Instant;
using Outwork.Sdk;

return ProductHost.Run(new InstantProduct(), args);
