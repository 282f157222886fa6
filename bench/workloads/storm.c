// Spawns and opens as fast as the machine can, for SECONDS, from PROCESSES processes: every second one spawns PROGRAM and
// waits, the others create, reopen and remove files of their own in DIRECTORY, so that no earlier answer can be reused.
// Prints what was done: "spawns N" and "opens N".
// usage: storm PROGRAM DIRECTORY SECONDS PROCESSES
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "samples.h"

struct done {
    _Atomic uint64_t spawns, opens;
};

static void spawn_until(uint64_t end, char *program, struct done *done) {
    char *arguments[] = {program, NULL}, *environment[] = {NULL};
    while (now_ns() < end) {
        pid_t pid;
        int status;
        if (posix_spawn(&pid, program, NULL, NULL, arguments, environment))
            _exit(1);
        waitpid(pid, &status, 0);
        atomic_fetch_add(&done->spawns, 1);
    }
}

static void open_until(uint64_t end, const char *directory, struct done *done) {
    char path[512];
    for (uint64_t i = 0; now_ns() < end; i++) {
        snprintf(path, sizeof path, "%s/storm-%d-%llu", directory, getpid(), (unsigned long long)i);
        int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        if (fd < 0)
            _exit(1);
        close(fd);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            _exit(1);
        close(fd);
        unlink(path);
        atomic_fetch_add(&done->opens, 2);
    }
}

int main(int argc, char **argv) {
    if (argc != 5)
        return 2;
    struct done *done = mmap(NULL, sizeof *done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (done == MAP_FAILED)
        return 1;
    uint64_t end = now_ns() + (uint64_t)atoi(argv[3]) * 1000000000u;
    for (int i = 0; i < atoi(argv[4]); i++) {
        if (fork() == 0) {
            if (i % 2 == 0)
                spawn_until(end, argv[1], done);
            else
                open_until(end, argv[2], done);
            _exit(0);
        }
    }
    int failed = 0, status;
    for (;;) {
        if (wait(&status) < 0) {
            if (errno == EINTR)
                continue;
            break;
        }
        failed |= status != 0;
    }
    printf("spawns %llu\nopens %llu\n", (unsigned long long)done->spawns, (unsigned long long)done->opens);
    return failed;
}
