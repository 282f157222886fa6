namespace Outwork.Platform.Linux.Tests.Support;

/// <summary>Compiles a C program with gcc into a directory.</summary>
internal static class CProgram
{
    public static string Compile(TempDirectory directory, string source, string name)
    {
        string program = directory[name];
        TestProcess gcc = TestProcess.Run("gcc", "-O1", "-Wall", "-Werror", "-o", program, source);
        Assert.True(gcc.ExitCode == 0, gcc.Errors);
        return program;
    }

    public static string CompileText(TempDirectory directory, string text, string name)
    {
        string source = directory[name + ".c"];
        File.WriteAllText(source, text);
        return Compile(directory, source, name);
    }
}
