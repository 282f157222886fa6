// Starts a program and waits for it, OPS times; writes each one's nanoseconds as 32-bit numbers.
// usage: spawnbench PROGRAM OPS WARMUP OUTPUT
#include <spawn.h>
#include <sys/wait.h>

#include "samples.h"

int main(int argc, char **argv) {
    if (argc != 5)
        return 2;
    int operations = atoi(argv[2]), warmup = atoi(argv[3]);
    uint32_t *samples = samples_new(operations);
    char *arguments[] = {argv[1], NULL}, *environment[] = {NULL};
    for (int i = -warmup; i < operations; i++) {
        uint64_t start = now_ns();
        pid_t pid;
        int status, error = posix_spawn(&pid, argv[1], NULL, NULL, arguments, environment);
        if (error || waitpid(pid, &status, 0) != pid || status != 0) {
            fprintf(stderr, "spawnbench: %s: %s, status %d\n", argv[1], strerror(error), status);
            return 1;
        }
        if (i >= 0)
            samples[i] = elapsed_ns(start);
    }
    return samples_write(samples, operations, argv[4]);
}
