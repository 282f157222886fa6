// A product that tries what no product may do, tells the outcome of each on standard error, and stays.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *what, long result)
{
    char line[256];
    int error = errno;
    int length = snprintf(line, sizeof line, "%s=%s\n", what, result >= 0 ? "DONE" : strerrorname_np(error));
    if (write(2, line, length) != length)
        _exit(9);
}

static void open_for_writing(const char *what, const char *path)
{
    tell(what, open(path, O_WRONLY | O_CREAT, 0600));
}

// Ways to name a file; each another file, so that each is told by itself.
static void names(void)
{
    tell("relative", chdir("/etc") == 0 ? open("gshadow", O_RDONLY) : -1);
    tell("dot-dot", chdir("/usr/lib") == 0 ? open("./../../etc//group", O_RDONLY) : -1);
    tell("directory", openat(open("/etc", O_PATH | O_DIRECTORY), "profile", O_RDONLY));
    tell("own-root", open("/proc/self/root/etc/login.defs", O_RDONLY));
    tell("own-cwd", chdir("/") == 0 ? open("/proc/thread-self/cwd/etc/issue", O_RDONLY) : -1);
    tell("make-link", symlink("/etc/shells", "/tmp/link"));
    tell("by-link", open("/tmp/link", O_RDONLY));
    tell("make-relative-link", symlink("../etc/hosts", "/tmp/relative"));
    tell("make-good-link", symlink("mine", "/tmp/good"));
    tell("good-link", open("/tmp/good", O_RDONLY));
    tell("odd-name", mkdir("/var/tmp/a\033[31m\nb\xff", 0700));
    struct open_how how = { .flags = O_RDONLY };
    tell("openat2", syscall(SYS_openat2, AT_FDCWD, "/etc/nsswitch.conf", &how, sizeof how));
    tell("missing", open("/etc/outwork-is-not-there", O_RDONLY));
    tell("bad-address", syscall(SYS_openat, AT_FDCWD, 8, O_RDONLY));
}

static void changes(void)
{
    tell("make-folder", mkdir("/var/tmp/outwork-folder", 0700));
    tell("remove", unlink("/etc/hostname"));
    tell("remove-folder", rmdir("/var/tmp"));
    tell("move-out", rename("/tmp/mine", "/var/tmp/outwork-mine"));
    tell("move-in", rename("/etc/issue.net", "/tmp/issue"));
    tell("hard-link", link("/etc/passwd", "/tmp/hard"));
    tell("truncate", truncate("/etc/bash.bashrc", 0));
    tell("change-mode", chmod("/etc/debian_version", 0666));
    tell("change-owner", chown("/etc/ld.so.conf", 1, 1));
    tell("change-time", utimensat(AT_FDCWD, "/etc/fstab", 0, 0));
    tell("make-device", mknod("/tmp/device", S_IFCHR | 0600, makedev(1, 1)));
    tell("run", execl("/bin/true", "true", NULL));
}

static void own_files(void)
{
    tell("own-folder", mkdir("/tmp/folder", 0700));
    tell("own-file", open("/tmp/folder/file", O_RDWR | O_CREAT | O_TRUNC, 0600));
    tell("own-move", rename("/tmp/folder/file", "/tmp/folder/other"));
    tell("own-link", link("/tmp/folder/other", "/tmp/folder/linked"));
    tell("own-mode", chmod("/tmp/folder/other", 0640));
    tell("own-remove", unlink("/tmp/folder/other"));
    tell("own-descriptor", open("/proc/self/fd/2", O_WRONLY));
    tell("own-error-output", open("/dev/stderr", O_WRONLY));
    tell("own-program", open("/proc/self/exe", O_RDONLY));
    tell("thread-name", open("/proc/self/task/../comm", O_RDWR));
    tell("own-mounts", open("/proc/mounts", O_RDONLY));
}

static void wrong_architecture(void)
{
    // int 0x80 is the 32-bit way in: the child shall be killed (SIGSYS).
    int status;
    pid_t child = fork();
    if (child == 0) {
        long result;
        __asm__ volatile("int $0x80" : "=a"(result) : "a"(20));
        _exit(0);
    }
    waitpid(child, &status, 0);
    dprintf(2, "wrong-architecture=%s\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS ? "KILLED" : "DONE");
}

static void signals(pid_t warden)
{
    signal(SIGUSR1, SIG_IGN);
    tell("signal-warden", kill(warden, SIGTERM));
    tell("signal-init", kill(1, SIGTERM));
    tell("signal-thread", syscall(SYS_tkill, warden, SIGTERM));
    tell("signal-group-thread", syscall(SYS_tgkill, warden, warden, SIGTERM));
    tell("signal-descriptor", syscall(SYS_pidfd_send_signal, syscall(SYS_pidfd_open, warden, 0), SIGTERM, 0, 0));
    tell("signal-self", raise(SIGUSR1));
    pid_t child = fork();
    if (child == 0) {
        raise(SIGUSR1);
        pause();
        _exit(0);
    }
    int status;
    tell("signal-child", kill(child, SIGKILL));
    waitpid(child, &status, 0);
}

int main(void)
{
    pid_t warden = getppid();
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.map_type = BPF_MAP_TYPE_ARRAY;
    attr.key_size = attr.value_size = 4;
    attr.max_entries = 1;

    tell("read-shadow", open("/etc/shadow", O_RDONLY));
    tell("read-passwd", open("/etc/passwd", O_RDONLY));
    tell("read-root", open("/", O_RDONLY));
    tell("read-hostname", open("/etc/hostname", O_RDONLY));
    tell("execute-shell", access("/bin/sh", X_OK) == 0 ? open("/bin/sh", O_RDONLY) : -1);
    open_for_writing("write-var-tmp", "/var/tmp/outwork-probe");
    open_for_writing("write-content", getenv("OUTWORK_CONTENT_DIR") ? "/run/outwork/x" : "/x");
    open_for_writing("write-tmp", "/tmp/mine");
    open_for_writing("write-proc", "/proc/self/oom_score_adj");
    tell("see-others", open("/proc/1/status", O_RDONLY));
    tell("see-self", open("/proc/self/status", O_RDONLY));
    tell("ptrace", ptrace(PTRACE_ATTACH, warden, 0, 0));
    tell("read-memory", syscall(SYS_process_vm_readv, warden, 0, 0, 0, 0, 0));
    signals(warden);
    tell("mount", mount("none", "/tmp", "tmpfs", 0, ""));
    tell("bpf", syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr));
    tell("perf", syscall(SYS_perf_event_open, 0, 0, -1, -1, 0));
    tell("raw-socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    tell("packet-socket", socket(AF_PACKET, SOCK_RAW, 0));
    tell("connect-out", socket(AF_INET, SOCK_STREAM, 0));
    tell("netlink", socket(AF_NETLINK, SOCK_RAW, 0));
    tell("unix-socket", socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un bus = { AF_UNIX, "/run/dbus/system_bus_socket" };
    struct sockaddr_un names_cache = { AF_UNIX, "/var/run/nscd/socket" };
    tell("connect-name-cache", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&names_cache, sizeof names_cache));
    tell("connect-unix", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&bus, sizeof bus));
    tell("unshare-user", unshare(CLONE_NEWUSER));
    tell("clone-user", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
    tell("setns", setns(open("/proc/self/ns/net", O_RDONLY), 0));
    tell("keyctl", syscall(SYS_keyctl, 0, -3, 0));
    tell("userfaultfd", syscall(SYS_userfaultfd, 0));
    tell("io-uring", syscall(SYS_io_uring_setup, 1, 0));
    tell("kexec", syscall(SYS_kexec_load, 0, 0, 0, 0));
    tell("init-module", syscall(SYS_init_module, 0, 0, ""));
    tell("reboot", syscall(SYS_reboot, 0, 0, 0, 0));
    tell("personality", syscall(SYS_personality, 0xffffffff));
    tell("open-by-handle", syscall(SYS_open_by_handle_at, 0, 0, 0));
    tell("memfd", syscall(SYS_memfd_create, "m", 0));
    names();
    changes();
    own_files();
    wrong_architecture();
    tell("probe-end", 0);
    for (;;)
        pause();
}
