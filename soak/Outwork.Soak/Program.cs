using System.CommandLine;
using Outwork.Bench.Running;
using Outwork.Soak;

// After Ctrl-C the fault that is being done is finished, Outwork stopped in order, and what was done is reported.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) };
return await CommandLineRun.InvokeAsync(new SoakCommand().Build(args).Parse(args), "./outwork soak", configuration);
