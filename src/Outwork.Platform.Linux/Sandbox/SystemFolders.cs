namespace Outwork.Platform.Linux.Sandbox;

/// <summary>What of the system a confined process needs, beside its own folders. Nothing of it is anybody's secret.</summary>
internal static class SystemFolders
{
    // The loader's cache, the time zone, what OpenSSL reads when it is loaded; the processors and the memory limit, which the
    // runtime asks for.
    private static readonly string[] Readable =
    [
        "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/etc/ssl/openssl.cnf", "/etc/os-release", "/usr/share/zoneinfo",
        "/usr/share/terminfo", "/proc", "/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm/transparent_hugepage",
        "/dev/urandom", "/dev/random",
    ];

    private static readonly string[] Libraries = ["/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/local/lib", "/lib", "/lib64"];

    private static readonly string[] Programs = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/share", "/bin", "/sbin", "/etc/alternatives"];

    private static readonly string[] Writable = ["/dev/null", "/dev/zero", "/dev/full", "/dev/shm", "/tmp"];

    // How names are resolved and certificates are checked.
    private static readonly string[] ForNetwork =
    [
        "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/ssl",
        "/etc/pki", "/etc/ca-certificates", "/usr/share/ca-certificates", "/run/systemd/resolve",
    ];

    public static void AllowIn(FileAccessRules rules, bool programs, bool network)
    {
        foreach (string path in Readable)
            rules.AllowReading(path);
        foreach (string path in Libraries)
            rules.AllowExecution(path);
        foreach (string path in Writable)
            rules.AllowWriting(path);
        if (programs)
        {
            foreach (string path in Programs)
                rules.AllowExecution(path);
        }

        if (network)
        {
            foreach (string path in ForNetwork)
                rules.AllowReading(path);
        }
    }
}
