// Opens a file for reading and closes it, OPS times; writes each one's nanoseconds as 32-bit numbers.
// usage: openbench FILE OPS WARMUP OUTPUT
#include <fcntl.h>
#include <unistd.h>

#include "samples.h"

int main(int argc, char **argv) {
    if (argc != 5)
        return 2;
    int operations = atoi(argv[2]), warmup = atoi(argv[3]);
    uint32_t *samples = samples_new(operations);
    for (int i = -warmup; i < operations; i++) {
        uint64_t start = now_ns();
        int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            perror(argv[1]);
            return 1;
        }
        close(fd);
        if (i >= 0)
            samples[i] = elapsed_ns(start);
    }
    return samples_write(samples, operations, argv[4]);
}
