/*
 * probe FILE DIRECTORY TINY: does real work on the guarded mount DIRECTORY until its standard input ends, and tells in FILE, which both
 * sides map, when each operation began, how long it took and how it came out. TINY is a program that ends with 0 at once.
 *
 * FILE: a page of struct control, then for each worker a page of struct progress and a ring of struct sample. Times are
 * CLOCK_MONOTONIC, ns. One writer each; the reader reads up to head.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, WORKERS = 4, SAMPLES = 1 << 16, TINY_MOST = 64 * 1024, FILES = 16 };
/* Numbers that the reader knows: see ProbeOperation. */
enum { OPEN, SPAWN, CREATE, FRESH, DENIED_EXEC, DENIED_OPEN, ASKED_OPEN, ASKED_CLOSED, BYSTANDER };
enum { BY_SIGNAL = 1000, BY_CODE = 2000, SHORT_READ = 3000 };

struct control { _Atomic int32_t victim, pause_us; };
struct progress { _Atomic uint64_t head, begun; _Atomic int32_t operation; };
struct sample { uint64_t begun, took; int32_t operation, outcome; };

static char *mapped, *directory;
static char tiny[TINY_MOST];
static ssize_t tiny_length;
static struct progress *own;
static struct sample *ring;
static uint64_t number;
extern char **environ;

static struct control *control(void) { return (struct control *)mapped; }

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

static void begin(int operation)
{
	atomic_store(&own->operation, operation);
	atomic_store(&own->begun, now());
}

static void end(int outcome)
{
	uint64_t head = atomic_load(&own->head);
	struct sample *s = &ring[head % SAMPLES];

	s->begun = atomic_load(&own->begun);
	s->took = now() - s->begun;
	s->operation = atomic_load(&own->operation);
	s->outcome = outcome;
	atomic_store(&own->head, head + 1);
	atomic_store(&own->begun, 0);
}

static int open_and_read(const char *path)
{
	char text[16];
	int file = open(path, O_RDONLY | O_CLOEXEC), error = 0;

	if (file < 0)
		return errno;
	if (read(file, text, sizeof text) <= 0)
		error = SHORT_READ;
	close(file);
	return error;
}

static int spawn_and_wait(char *path)
{
	char *arguments[] = {path, NULL};
	pid_t child;
	int status, error = posix_spawn(&child, path, NULL, NULL, arguments, environ);

	if (error)
		return error;
	while (waitpid(child, &status, 0) != child)
		if (errno != EINTR)
			return errno;
	if (WIFSIGNALED(status))
		return BY_SIGNAL + WTERMSIG(status);
	return WEXITSTATUS(status) ? BY_CODE + WEXITSTATUS(status) : 0;
}

static int write_program(const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755), error = 0;

	if (file < 0)
		return errno;
	if (write(file, tiny, tiny_length) != tiny_length)
		error = errno ? errno : EIO;
	close(file);
	return error;
}

/* A program that nobody has seen: the verdict about it is in no memory. */
static void run_fresh(int operation, const char *folder)
{
	char path[PAGE];
	int error;

	snprintf(path, sizeof path, "%s/%s/%d-%llu", directory, folder, operation, (unsigned long long)number++);
	begin(CREATE);
	end(error = write_program(path));
	if (!error) {
		begin(operation);
		end(spawn_and_wait(path));
	}
	unlink(path);
}

static void work(int worker)
{
	char path[PAGE], folder[64];

	switch (worker) {
	case 0:
		snprintf(path, sizeof path, "%s/work/file-%d", directory, (int)(number++ % FILES));
		begin(OPEN);
		end(open_and_read(path));
		snprintf(path, sizeof path, "%s/work/program", directory);
		begin(SPAWN);
		end(spawn_and_wait(path));
		snprintf(path, sizeof path, "%s/denied/program", directory);
		begin(DENIED_EXEC);
		end(spawn_and_wait(path));
		snprintf(path, sizeof path, "%s/denied/secret", directory);
		begin(DENIED_OPEN);
		end(open_and_read(path));
		break;
	case 1:
		run_fresh(FRESH, "fresh");
		run_fresh(BYSTANDER, "guard-0/closed");
		break;
	default:
		snprintf(folder, sizeof folder, "guard-%d/%s", atomic_load(&control()->victim), worker == 2 ? "open" : "closed");
		run_fresh(worker == 2 ? ASKED_OPEN : ASKED_CLOSED, folder);
	}
}

static void run_worker(int worker, pid_t parent)
{
	char *area = mapped + PAGE + worker * (PAGE + (size_t)SAMPLES * sizeof(struct sample));

	own = (struct progress *)area;
	ring = (struct sample *)(area + PAGE);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent) {
		work(worker);
		usleep(atomic_load(&control()->pause_us));
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	size_t length = PAGE + WORKERS * (PAGE + (size_t)SAMPLES * sizeof(struct sample));
	int file = argc == 4 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1, program = argc == 4 ? open(argv[3], O_RDONLY | O_CLOEXEC) : -1;
	pid_t workers[WORKERS], self = getpid();
	char byte;

	if (file < 0 || program < 0 || ftruncate(file, length)) {
		fprintf(stderr, "usage: probe FILE DIRECTORY TINY: %s\n", strerror(errno));
		return 2;
	}
	mapped = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	tiny_length = read(program, tiny, sizeof tiny);
	if (mapped == MAP_FAILED || tiny_length <= 0)
		return 2;
	directory = argv[2];
	close(program);
	for (int i = 0; i < WORKERS; i++) {
		workers[i] = fork();
		if (workers[i] == 0)
			run_worker(i, self);
		if (workers[i] < 0)
			return 2;
	}
	puts("ready");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	for (int i = 0; i < WORKERS; i++) {
		kill(workers[i], SIGKILL);
		waitpid(workers[i], NULL, 0);
	}
	return 0;
}
