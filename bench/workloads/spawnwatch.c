// Until standard input ends: makes a new copy of each program in FOLDER, which nobody has judged yet, starts it, waits for
// it, and removes it. Writes four 64-bit numbers for each start: the program's index, when it began (nanoseconds since 1970), how
// many nanoseconds it took, and 0 when it ran to its end, else the error of the start.
// usage: spawnwatch OUTPUT FOLDER PROGRAM...
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "samples.h"

struct start {
    uint64_t program, began_ns, took_ns, error;
};

struct bytes {
    char *data;
    size_t length;
};

static uint64_t since_1970_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static struct bytes read_all(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (file < 0 || fstat(file, &about))
        fail(path);
    struct bytes all = {malloc((size_t)about.st_size), (size_t)about.st_size};
    if (!all.data || read(file, all.data, all.length) != (ssize_t)all.length)
        fail(path);
    close(file);
    return all;
}

static void copy(struct bytes all, const char *path) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    if (file < 0 || write(file, all.data, all.length) != (ssize_t)all.length || close(file))
        fail(path);
}

static int is_over(void) {
    struct pollfd input = {.fd = 0, .events = POLLIN};
    return poll(&input, 1, 0) > 0;
}

int main(int argc, char **argv) {
    if (argc < 4)
        return 2;
    int programs = argc - 3;
    struct bytes *files = calloc((size_t)programs, sizeof *files);
    if (!files)
        fail("calloc");
    for (int i = 0; i < programs; i++)
        files[i] = read_all(argv[i + 3]);
    FILE *log = fopen(argv[1], "wb");
    if (!log)
        fail(argv[1]);
    char *environment[] = {NULL};
    while (!is_over()) {
        for (int i = 0; i < programs; i++) {
            char path[4096];
            snprintf(path, sizeof path, "%.4000s/spawned-%d", argv[2], i);
            copy(files[i], path);
            char *arguments[] = {path, NULL};
            struct start start = {(uint64_t)i, since_1970_ns(), now_ns(), 0};
            pid_t pid;
            int status = 0, error = posix_spawn(&pid, path, NULL, NULL, arguments, environment);
            if (!error && (waitpid(pid, &status, 0) != pid || status != 0))
                error = ECHILD;
            start.took_ns = now_ns() - start.took_ns;
            start.error = (uint64_t)error;
            unlink(path);
            if (fwrite(&start, sizeof start, 1, log) != 1)
                fail(argv[1]);
        }
    }
    return fclose(log) ? 1 : 0;
}
