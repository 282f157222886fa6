using Outwork.Fuzz;

return new FuzzCommand().Build().Parse(args).Invoke();
