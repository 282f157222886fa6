// A product that tries what holds for everybody who has the same open file, or the same machine; tells the outcome of each on standard
// error, and stays.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void tell(const char *what, long result)
{
    char line[256];
    int error = errno;
    int length = snprintf(line, sizeof line, "%s=%s\n", what, result >= 0 ? "DONE" : strerrorname_np(error));
    if (write(2, line, length) != length)
        _exit(9);
}

int main(void)
{
    int file = open("/tmp/file", O_RDWR | O_CREAT, 0600);
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1 };
    tell("set-direct", fcntl(file, F_SETFL, O_RDWR | O_DIRECT));
    tell("set-non-blocking", fcntl(file, F_SETFL, O_RDWR | O_NONBLOCK));
    tell("get-flags", fcntl(file, F_GETFL));
    tell("flock", flock(file, LOCK_EX | LOCK_NB));
    tell("lock-by-description", fcntl(file, F_OFD_SETLK, &lock));
    tell("wait-by-description", fcntl(file, F_OFD_SETLKW, &lock));
    tell("lock-by-process", fcntl(file, F_SETLK, &lock));
    tell("lease", fcntl(open("/tmp/file", O_RDONLY), F_SETLEASE, F_RDLCK));
    tell("unix-datagram", socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    tell("unix-raw", socket(AF_UNIX, SOCK_RAW, 0));
    tell("unix-stream", socket(AF_UNIX, SOCK_STREAM, 0));
    int pair[2];
    tell("pair-of-datagrams", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    tell("pair-of-streams", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    tell("shared-memory", shmget(0x4F575450, 4096, IPC_CREAT | 0666));
    tell("probe-end", 0);
    for (;;)
        pause();
}
