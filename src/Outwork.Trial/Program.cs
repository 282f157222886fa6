return Outwork.Trial.TrialProcess.Run(args);
