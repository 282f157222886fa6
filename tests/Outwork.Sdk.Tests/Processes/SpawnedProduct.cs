using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Sdk.Tests.Processes;

/// <summary>A product in a process of its own, which inherits one end of a session. Killed, and waited for, on dispose.</summary>
internal sealed unsafe class SpawnedProduct : IDisposable
{
    private const int SessionDescriptor = 3;
    private bool _reaped;

    private SpawnedProduct(int pid) => Pid = pid;

    public int Pid { get; }

    /// <summary>Starts a program with the session's end at descriptor 3; that end is disposed here.</summary>
    public static SpawnedProduct Start(string[] arguments, SafeFileHandle session, params (string Name, string Value)[] environment) =>
        Start(arguments, session, renewal: null, offer: null, environment);

    /// <summary>As above, and with the socket over which it gets further sessions at descriptor 4, the pipe on which it offers to take them at 5; those ends are disposed here too.</summary>
    public static SpawnedProduct Start(
        string[] arguments, SafeFileHandle session, SafeFileHandle? renewal, SafeFileHandle? offer, params (string Name, string Value)[] environment)
    {
        // glibc's posix_spawn_file_actions_t has 80 bytes.
        byte* actions = stackalloc byte[128];
        var strings = new List<nint>();
        try
        {
            Assert.Equal(0, TestInterop.posix_spawn_file_actions_init(actions));
            // dup2 onto itself would keep the close-on-exec flag; 3 is long taken in a test host.
            Assert.NotEqual(SessionDescriptor, (int)session.DangerousGetHandle());
            Assert.Equal(0, TestInterop.posix_spawn_file_actions_adddup2(actions, (int)session.DangerousGetHandle(), SessionDescriptor));
            if (renewal is not null && offer is not null)
            {
                Assert.True(Math.Min((int)renewal.DangerousGetHandle(), (int)offer.DangerousGetHandle()) > SessionDescriptor + 2);
                Assert.Equal(0, TestInterop.posix_spawn_file_actions_adddup2(actions, (int)renewal.DangerousGetHandle(), SessionDescriptor + 1));
                Assert.Equal(0, TestInterop.posix_spawn_file_actions_adddup2(actions, (int)offer.DangerousGetHandle(), SessionDescriptor + 2));
                environment = [.. environment, ("OUTWORK_RENEWAL_FD", "4"), ("OUTWORK_RENEWAL_OFFER_FD", "5")];
            }
            string[] variables =
            [
                .. environment.Select(variable => variable.Name + "=" + variable.Value),
                "OUTWORK_SESSION_FD=3",
                "PATH=" + Environment.GetEnvironmentVariable("PATH"),
                "DOTNET_ROOT=" + Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")),
            ];
            byte** argv = stackalloc byte*[arguments.Length + 1];
            byte** envp = stackalloc byte*[variables.Length + 1];
            Fill(argv, arguments, strings);
            Fill(envp, variables, strings);
            Assert.Equal(0, TestInterop.posix_spawn(out int pid, arguments[0], actions, null, argv, envp));
            return new SpawnedProduct(pid);
        }
        finally
        {
            _ = TestInterop.posix_spawn_file_actions_destroy(actions);
            strings.ForEach(Marshal.FreeHGlobal);
            session.Dispose();
            renewal?.Dispose();
            offer?.Dispose();
        }
    }

    /// <summary>The exit code, or 128 + the signal that ended it.</summary>
    public int WaitForExit(TimeSpan limit)
    {
        long started = TimeProvider.System.GetTimestamp();
        var spin = default(SpinWait);
        while (TimeProvider.System.GetElapsedTime(started) < limit)
        {
            if (TestInterop.waitpid(Pid, out int status, TestInterop.WNOHANG) == Pid)
            {
                _reaped = true;
                int signal = status & 0x7f;
                return signal != 0 ? 128 + signal : status >> 8;
            }

            spin.SpinOnce();
        }

        throw new TimeoutException($"process {Pid} did not end");
    }

    public void Kill() => _ = TestInterop.kill(Pid, TestInterop.SIGKILL);

    public void Dispose()
    {
        if (_reaped)
            return;
        Kill();
        WaitForExit(TimeSpan.FromSeconds(10));
    }

    private static void Fill(byte** target, string[] values, List<nint> owned)
    {
        for (int i = 0; i < values.Length; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(values[i] + "\0");
            nint copy = Marshal.AllocHGlobal(bytes.Length);
            Marshal.Copy(bytes, 0, copy, bytes.Length);
            owned.Add(copy);
            target[i] = (byte*)copy;
        }

        target[values.Length] = null;
    }
}
