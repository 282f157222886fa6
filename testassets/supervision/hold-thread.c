/* hold-thread TID: stops this one thread, as a debugger does, until standard input is closed or the thread ends. The other threads go on. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

int main(int argc, char **argv) {
    int tid = argc == 2 ? atoi(argv[1]) : 0, status;
    struct pollfd input = { .fd = 0, .events = POLLIN };
    if (ptrace(PTRACE_SEIZE, tid, 0, 0) != 0 || ptrace(PTRACE_INTERRUPT, tid, 0, 0) != 0 || waitpid(tid, &status, __WALL) != tid) {
        perror("hold-thread");
        return 1;
    }
    puts("held");
    fflush(stdout);
    /* Its process cannot end before we have seen the end of the thread. */
    while (poll(&input, 1, 50) == 0 && waitpid(tid, &status, __WALL | WNOHANG) == 0)
        ;
    return 0; /* The kernel detaches, and the thread goes on. */
}
