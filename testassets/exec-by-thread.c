/*
 * exec-by-thread TIMES: executes itself so many times, each time by a thread that is not the first: the pid stays, and changes hands within
 * the kernel. Ends with 0 after the last.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *program;
static char left[16];

static void *again(void *unused)
{
	char *argv[] = {program, left, NULL};

	(void)unused;
	execv(program, argv);
	_exit(3);
}

int main(int argc, char **argv)
{
	int times = argc == 2 ? atoi(argv[1]) : 0;
	pthread_t thread;

	if (times == 0)
		return 0;
	program = argv[0];
	snprintf(left, sizeof(left), "%d", times - 1);
	if (pthread_create(&thread, NULL, again, NULL))
		return 2;
	for (;;)
		pause();
}
