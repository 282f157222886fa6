// Runs a program to its end and tells what it took, from wait4(2): two lines with a name and a number.
// usage: usage PROGRAM [ARGUMENT...]
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

static long long nanoseconds(struct timeval t) {
    return t.tv_sec * 1000000000LL + t.tv_usec * 1000LL;
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    pid_t pid;
    int status, error = posix_spawn(&pid, argv[1], NULL, NULL, argv + 1, environ);
    struct rusage used;
    if (error || wait4(pid, &status, 0, &used) != pid || status != 0) {
        fprintf(stderr, "usage: %s: %s, status %d\n", argv[1], strerror(error), status);
        return 1;
    }
    printf("cpu_ns %lld\n", nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime));
    printf("resident_bytes %lld\n", used.ru_maxrss * 1024LL);
    return 0;
}
