// runaway: what forks as fast as it is killed. On its first run it starts chains of processes, each of which ends as soon as it has
// started the next; on later runs, which a file in its data folder tells, it just stays.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHAINS = 8 };

int main(void)
{
    char marker[512];
    snprintf(marker, sizeof marker, "%s/ran", getenv("OUTWORK_DATA_DIR"));
    if (open(marker, O_CREAT | O_EXCL | O_RDWR, 0600) < 0) {
        dprintf(2, "quiet\n");
    } else {
        for (int i = 0; i < CHAINS; i++) {
            if (fork() == 0) {
                setsid();
                while (fork() <= 0)
                    ;
                _exit(0);
            }
        }
        dprintf(2, "running away\n");
    }
    for (;;)
        pause();
}
