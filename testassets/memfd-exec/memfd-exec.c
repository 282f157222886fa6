// SPDX-License-Identifier: Apache-2.0
/*
 * Copies itself into a memfd and executes that. What runs from memory writes one byte to standard output as its first act
 * and creates the file named by its argument, so that an observer can tell whether it ran at all.
 *
 *   memfd-exec FILE           execveat() of the descriptor
 *   memfd-exec --proc FILE    execve() of /proc/self/fd/N
 *   memfd-exec --script FILE  a "#!/bin/sh" script in the memfd that does the same
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static int run(const char *file)
{
	if (write(STDOUT_FILENO, "R", 1) != 1)
		return 2;
	return open(file, O_CREAT | O_WRONLY, 0600) < 0 ? 3 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[0], "from-memory") == 0)
		return run(argv[1]);

	const char *mode = argc == 3 ? argv[1] : "";
	char *child[] = { "from-memory", argv[argc - 1], NULL };
	int script = strcmp(mode, "--script") == 0;
	int memory = memfd_create("outwork-test", script ? 0 : MFD_CLOEXEC);

	if (argc < 2 || memory < 0)
		return 10;
	if (script) {
		dprintf(memory, "#!/bin/sh\nprintf R\n: > \"$1\"\n");
	} else {
		int self = open("/proc/self/exe", O_RDONLY);
		struct stat st;

		if (self < 0 || fstat(self, &st) < 0 || sendfile(memory, self, NULL, st.st_size) != st.st_size)
			return 11;
	}
	if (mode[0] == 0 || script) {
		execveat(memory, "", child, environ, AT_EMPTY_PATH);
	} else {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
		execve(path, child, environ);
	}
	perror("exec");
	return 12;
}
