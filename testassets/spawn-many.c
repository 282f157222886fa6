/* spawn-many PROGRAM PROCESSES EACH: PROCESSES children start PROGRAM EACH times, all at once; prints how many ended with 0. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int run(char *program, int times)
{
	int failed = 0;

	for (int i = 0; i < times; i++) {
		char *argv[] = {program, NULL};
		pid_t child;
		int status;

		if (posix_spawn(&child, program, NULL, NULL, argv, environ) || waitpid(child, &status, 0) != child || status)
			failed++;
	}
	return failed;
}

int main(int argc, char **argv)
{
	int processes = argc == 4 ? atoi(argv[2]) : 0, each = argc == 4 ? atoi(argv[3]) : 0, failed = 0;

	if (processes < 1 || each < 1 || each > 255) {
		fprintf(stderr, "usage: spawn-many PROGRAM PROCESSES EACH\n");
		return 2;
	}
	for (int i = 0; i < processes; i++) {
		if (fork() == 0)
			_exit(run(argv[1], each));
	}
	for (int i = 0; i < processes; i++) {
		int status;

		wait(&status);
		failed += WIFEXITED(status) ? WEXITSTATUS(status) : each;
	}
	printf("%d started, %d failed\n", processes * each, failed);
	return failed != 0;
}
