using System.Reflection;
using System.Runtime.InteropServices;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Telemetry;

/// <summary>Our structs against the type information of the very object that is shipped.</summary>
public sealed class BpfLayoutTests
{
    private static readonly Btf Object = new(File.ReadAllBytes(new BpfTelemetryOptions().ObjectPath));

    [Fact]
    public void Process_record_equals_the_object()
    {
        Compare(typeof(BpfProcessRecord), Object["process_record"]);
        Assert.Equal(Object["process_record"].Size, Marshal.SizeOf<BpfProcessRecord>());
    }

    [Fact]
    public void Task_record_equals_the_object()
    {
        Compare(typeof(BpfTaskRecord), Object["task_record"]);
        Assert.Equal(Object["task_record"].Size, Marshal.SizeOf<BpfTaskRecord>());
    }

    [Fact]
    public void Exec_record_equals_the_object_and_its_data_follows()
    {
        Compare(typeof(BpfExecRecord), Object["exec_record"], "data");
        Assert.Equal(Object["exec_record"].Members["data"], Marshal.SizeOf<BpfExecRecord>());
    }

    private static void Compare(Type type, BtfStruct expected, params string[] besides)
    {
        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        Assert.Equal(expected.Members.Keys.Except(besides).Order(), fields.Select(f => f.Name).Order());
        Assert.All(fields, f => Assert.Equal(expected.Members[f.Name], (int)Marshal.OffsetOf(type, f.Name)));
    }
}
