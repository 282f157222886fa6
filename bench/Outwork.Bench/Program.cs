using Outwork.Bench;
using Outwork.Bench.Running;

return await CommandLineRun.InvokeAsync(new BenchCommand().Build(args).Parse(args), "./outwork bench");
