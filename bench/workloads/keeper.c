// Runs a command that holds permission events (or may leave a daemon behind) and makes sure that it ends: when standard
// input closes (the benchmark is gone, however it went), on SIGTERM, and after SECONDS. Everything below it ends with it,
// daemons too: it adopts orphans. First SIGTERM, 10 s later SIGKILL.
//
// usage: keeper SECONDS COMMAND [ARGUMENT...]
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

// SIGTERM goes once to each: a second one means "at once" to many programs. SIGKILL goes again and again.
static int already_told(pid_t pid) {
    static pid_t told[1024];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (told[i] == pid)
            return 1;
    if (count < sizeof told / sizeof *told)
        told[count++] = pid;
    return 0;
}

static void signal_children(int signal) {
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; proc && (entry = readdir(proc));) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        char path[64], line[512];
        snprintf(path, sizeof path, "/proc/%.20s/stat", entry->d_name);
        FILE *stat = fopen(path, "re");
        if (!stat)
            continue;
        // "pid (name) state ppid": the name may hold anything, so look from its last parenthesis.
        char *end = fgets(line, sizeof line, stat) ? strrchr(line, ')') : NULL;
        int parent = 0;
        if (end && sscanf(end + 1, " %*c %d", &parent) == 1 && parent == getpid()) {
            pid_t pid = atoi(entry->d_name);
            if (signal == SIGKILL || !already_told(pid))
                kill(pid, signal);
        }
        fclose(stat);
    }
    if (proc)
        closedir(proc);
}

// Returns 0 when no child is left.
static int reap(pid_t command, int *status) {
    for (;;) {
        int one;
        pid_t pid = waitpid(-1, &one, WNOHANG);
        if (pid == command)
            *status = WIFEXITED(one) ? WEXITSTATUS(one) : 128 + WTERMSIG(one);
        if (pid == 0)
            return 1;
        if (pid < 0 && errno == ECHILD)
            return 0;
    }
}

int main(int argc, char **argv) {
    if (argc < 3)
        return 2;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigset_t signals, before;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, &before);
    int arrivals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);

    pid_t command = fork();
    if (command == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, 0);
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }

    int status = 0;
    long long deadline = now_ms() + atoll(argv[1]) * 1000;
    struct pollfd polled[] = {{.fd = arrivals, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    for (int ending = 0;;) {
        long long left = deadline - now_ms();
        int stop = left <= 0;
        if (!stop && poll(polled, ending ? 1 : 2, ending ? 50 : (int)(left > 1000 ? 1000 : left)) > 0) {
            struct signalfd_siginfo arrived;
            while (read(arrivals, &arrived, sizeof arrived) > 0)
                stop |= arrived.ssi_signo != SIGCHLD;
            char ignored[64];
            if (!ending && polled[1].revents && read(0, ignored, sizeof ignored) <= 0)
                stop = 1;
        }
        if (!reap(command, &status))
            return status;
        if (stop && !ending) {
            ending = 1;
            deadline = now_ms() + 10000;
        }
        // At each look, because what a child leaves behind becomes a child.
        if (ending)
            signal_children(now_ms() < deadline ? SIGTERM : SIGKILL);
    }
}
