/* Connects to a Unix socket, writes one line, prints the first line that comes back. Exit code: 0, or the errno of connect. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (argc != 3 || fd < 0)
        return 99;
    strncpy(address.sun_path, argv[1], sizeof(address.sun_path) - 1);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        return errno;
    dprintf(fd, "%s\n", argv[2]);
    char c;
    while (read(fd, &c, 1) == 1) {
        putchar(c);
        if (c == '\n')
            break;
    }
    return 0;
}
