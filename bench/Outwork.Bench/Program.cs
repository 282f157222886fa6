using Outwork.Bench;

return await new BenchCommand().Build(args).Parse(args).InvokeAsync();
