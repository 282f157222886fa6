/* hold-thread TID: stops this one thread, as a debugger does, until standard input is closed. The other threads go on. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int tid = argc == 2 ? atoi(argv[1]) : 0, status;
    char byte;
    if (ptrace(PTRACE_SEIZE, tid, 0, 0) != 0 || ptrace(PTRACE_INTERRUPT, tid, 0, 0) != 0 || waitpid(tid, &status, __WALL) != tid) {
        perror("hold-thread");
        return 1;
    }
    puts("held");
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
    return 0; /* The kernel detaches, and the thread goes on. */
}
