using Outwork.Broker.Execution;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Execution;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Execution;

public sealed class InterpreterFactsTests
{
    private static ProcessInfo Process(string executable, string[] arguments, bool truncated = false, string directory = "/srv") => new()
    {
        Id = new ProcessId(1),
        Pid = 1,
        Executable = executable,
        Arguments = arguments,
        ArgumentsTruncated = truncated,
        WorkingDirectory = directory,
    };

    [Theory]
    [InlineData("/usr/bin/dash", "sh script a b", "script")]
    [InlineData("/usr/bin/dash", "sh -e -x ./script", "./script")]
    [InlineData("/usr/bin/dash", "sh -ex script", "script")]
    [InlineData("/usr/bin/dash", "sh -c script", null)]
    [InlineData("/usr/bin/dash", "sh -ec script x", null)]
    [InlineData("/usr/bin/dash", "sh -s x", null)]
    [InlineData("/usr/bin/dash", "sh", null)]
    [InlineData("/usr/bin/dash", "sh - script", "script")]
    [InlineData("/usr/bin/dash", "sh -- -script", "-script")]
    [InlineData("/usr/bin/bash", "bash -o pipefail script", "script")]
    [InlineData("/usr/bin/bash", "bash -eo pipefail script", "script")]
    [InlineData("/usr/bin/bash", "bash -oe pipefail script", "script")]
    [InlineData("/usr/bin/bash", "bash +O extglob --rcfile rc --norc script", "script")]
    [InlineData("/usr/bin/bash", "-bash", null)]
    [InlineData("/usr/bin/busybox", "sh script", "script")]
    [InlineData("/usr/bin/busybox", "busybox sh -e script", "script")]
    [InlineData("/usr/bin/python3.11", "python3 -u -W ignore -Xdev app.py --flag", "app.py")]
    [InlineData("/usr/bin/python3.11", "python3 -m http.server", null)]
    [InlineData("/usr/bin/python3.11", "python3 -Ic code", null)]
    [InlineData("/usr/bin/python3.11", "python3 - x", null)]
    [InlineData("/usr/bin/perl", "perl -w -Mstrict -I lib -I/x tool.pl x", "tool.pl")]
    [InlineData("/usr/bin/perl", "perl -lane code data", null)]
    [InlineData("/usr/bin/perl", "perl -i.bak -pe code data", null)]
    [InlineData("/usr/bin/perl5.36.0", "perl -T tool.pl", "tool.pl")]
    [InlineData("/usr/bin/ruby3.1", "ruby -rjson -C dir x.rb", "x.rb")]
    [InlineData("/usr/bin/ruby3.1", "ruby -ne code data", null)]
    [InlineData("/usr/bin/node", "node --max-old-space-size=1 -r ./pre.js main.js", "main.js")]
    [InlineData("/usr/bin/node", "node --eval=code x", null)]
    [InlineData("/usr/bin/node", "node -pe code", null)]
    [InlineData("/usr/bin/php8.2", "php -d a=b -f page.php x", "page.php")]
    [InlineData("/usr/bin/php8.2", "php page.php", "page.php")]
    [InlineData("/usr/bin/php8.2", "php -r code", null)]
    [InlineData("/usr/bin/lua5.4", "lua -l mod -e x=1 main.lua", "main.lua")]
    public void Script_is_found_in_the_command_line(string executable, string commandLine, string? script)
    {
        string[] arguments = commandLine.Split(' ');
        InterpreterFacts facts = InterpreterFacts.Of(Process(executable, arguments), LinuxInterpreters.Table);
        Assert.Equal(ExecVia.Script, facts.Via);
        Assert.Equal(script ?? "", facts.File);
        Assert.Equal(script is null ? -1 : Array.IndexOf(arguments, script), facts.FileArgument);
    }

    [Theory]
    [InlineData("ld.so /bin/true x", "/bin/true")]
    [InlineData("ld.so --library-path /a:/b --preload x.so --inhibit-cache ./prog --list", "./prog")]
    [InlineData("ld.so --argv0 name --audit a.so prog", "prog")]
    [InlineData("ld.so --library-path=/a prog", "prog")]
    [InlineData("ld.so -prog", "-prog")]
    [InlineData("ld.so --list prog", "prog")]
    [InlineData("ld.so --version", null)]
    [InlineData("ld.so", null)]
    public void Program_given_to_the_loader_is_found(string commandLine, string? program)
    {
        string[] loaders = ["/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1", "/usr/bin/ld.so", "/lib/ld-linux-aarch64.so.1"];
        Assert.All(loaders, loader =>
        {
            InterpreterFacts facts = InterpreterFacts.Of(Process(loader, commandLine.Split(' ')), LinuxInterpreters.Table);
            Assert.Equal(ExecVia.Loader, facts.Via);
            Assert.Equal(program ?? "", facts.File);
        });
    }

    [Theory]
    [InlineData("/usr/bin/cat", "cat script")]
    [InlineData("/usr/bin/shred", "shred file")]
    [InlineData("/usr/bin/nodemon", "nodemon x")]
    [InlineData("/usr/bin/busybox", "busybox cat script")]
    [InlineData("/usr/bin/busybox", "cat script")]
    [InlineData("", "")]
    public void Other_programs_are_none(string executable, string commandLine) =>
        Assert.Equal(InterpreterFacts.None, InterpreterFacts.Of(Process(executable, commandLine.Split(' ')), LinuxInterpreters.Table));

    [Fact]
    public void Cut_argument_is_never_taken_for_the_script()
    {
        Assert.Equal(-1, InterpreterFacts.Of(Process("/bin/sh", ["sh", "-e", "scri"], truncated: true), LinuxInterpreters.Table).FileArgument);
        Assert.Equal(-1, InterpreterFacts.Of(Process("/bin/sh", [], truncated: true), LinuxInterpreters.Table).FileArgument);
        Assert.Equal("script", InterpreterFacts.Of(Process("/bin/sh", ["sh", "script", "cu"], truncated: true), LinuxInterpreters.Table).File);
    }

    [Theory]
    [InlineData("/srv", "a/b.sh", "/srv/a/b.sh")]
    [InlineData("/", "b.sh", "/b.sh")]
    [InlineData("/srv", "/b.sh", "/b.sh")]
    [InlineData("", "b.sh", "")]
    public void Relative_script_is_placed_below_the_working_directory(string directory, string script, string path)
    {
        ProcessInfo process = Process("/bin/sh", ["sh", script], directory: directory);
        Assert.Equal(path, InterpreterFacts.Of(process, LinuxInterpreters.Table).FullPath(process));
    }

    [Fact]
    public void Loader_of_this_machine_is_known()
    {
        string loader = TestProcess.Run("/usr/bin/readlink", "-f", "/lib64/ld-linux-x86-64.so.2").Output.Trim();
        Assert.Equal(InterpreterKind.Loader, LinuxInterpreters.Table.Find(loader)?.Kind);
    }
}
