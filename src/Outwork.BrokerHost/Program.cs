using Outwork.BrokerHost;

return BrokerProcess.Run();
