// The soak's work on the guarded mount, one process for each kind of operation, and the same on a mount that nobody guards, as
// the control. One line on standard output for each operation: KIND START-NS DURATION-NS COUNT RESULT. Times are those of
// CLOCK_MONOTONIC; DURATION is that of the longest of COUNT steps; RESULT is 0, an errno, 1000 + the signal or 2000 + the exit
// code that ended the program. What is to be refused tells EPERM (1) when it was. Ends when standard input does.
//
// usage: soakprobe work GUARDED CONTROL    | soakprobe hog PROCESSES MILLISECONDS
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_LENGTH = 512, PACKAGE_FILES = 40 };

struct operation {
    const char *kind;
    int64_t start, longest, step;
    int count, result;
};

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void pause_ms(int ms) {
    struct timespec t = {ms / 1000, ms % 1000 * 1000000l};
    nanosleep(&t, NULL);
}

static struct operation begin(const char *kind) {
    int64_t now = now_ns();
    return (struct operation){.kind = kind, .start = now, .step = now};
}

// One step is done; RESULT of the first that failed is kept.
static int step(struct operation *op, int result) {
    int64_t now = now_ns();
    if (now - op->step > op->longest)
        op->longest = now - op->step;
    op->step = now;
    op->count++;
    if (op->result == 0)
        op->result = result;
    return result;
}

static void tell(const struct operation *op) {
    char line[160];
    int length = snprintf(line, sizeof line, "%s %lld %lld %d %d\n", op->kind, (long long)op->start, (long long)op->longest, op->count, op->result);
    // Shorter than PIPE_BUF, so lines of several processes never mix.
    if (write(1, line, (size_t)length) != length)
        _exit(0);
}

static int run(const char *program) {
    char *arguments[] = {(char *)program, NULL}, *environment[] = {NULL};
    pid_t pid;
    int status, error = posix_spawn(&pid, program, NULL, NULL, arguments, environment);
    if (error)
        return error;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return errno;
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status) ? 2000 + WEXITSTATUS(status) : 0;
}

static int store(const char *path, const void *data, size_t size, mode_t mode) {
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, mode);
    if (fd < 0)
        return errno;
    ssize_t written = write(fd, data, size);
    int error = written == (ssize_t)size ? 0 : errno ? errno : EIO;
    return close(fd) ? errno : error;
}

static int fetch(const char *path) {
    char data[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = read(fd, data, sizeof data) < 0 ? errno : 0;
    close(fd);
    return error;
}

static char *content_of(const char *path, size_t *size) {
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &facts))
        _exit(2);
    char *data = malloc((size_t)facts.st_size);
    if (!data || read(fd, data, (size_t)facts.st_size) != facts.st_size)
        _exit(2);
    close(fd);
    *size = (size_t)facts.st_size;
    return data;
}

// A program that is always the same.
static void work_start(const char *kind, const char *root) {
    char program[PATH_LENGTH];
    snprintf(program, sizeof program, "%s/soak/program", root);
    for (;; pause_ms(5)) {
        struct operation op = begin(kind);
        step(&op, run(program));
        tell(&op);
    }
}

// A program that was never seen, in FOLDER: whoever is asked about it must be asked. Only its start is timed.
static void work_fresh(const char *kind, const char *root, const char *folder, const char *model, int pause) {
    char from[PATH_LENGTH], path[PATH_LENGTH];
    size_t size;
    snprintf(from, sizeof from, "%s/soak/%s", root, model);
    char *data = content_of(from, &size);
    for (unsigned i = 0;; i++, pause_ms(pause)) {
        snprintf(path, sizeof path, "%s/soak/%s/%s-%u", root, folder, kind, i);
        int stored = store(path, data, size, 0755);
        struct operation op = begin(kind);
        step(&op, stored ? stored : run(path));
        tell(&op);
        unlink(path);
    }
}

// What programs do with files, each call a step.
static void work_file(const char *kind, const char *root) {
    char path[PATH_LENGTH], other[PATH_LENGTH];
    snprintf(path, sizeof path, "%s/soak/files/%s", root, kind);
    snprintf(other, sizeof other, "%s/soak/files/%s.renamed", root, kind);
    for (;; pause_ms(5)) {
        struct operation op = begin(kind);
        step(&op, store(path, "soak\n", 5, 0644));
        step(&op, fetch(path));
        step(&op, rename(path, other) ? errno : 0);
        step(&op, fetch(other));
        step(&op, unlink(other) ? errno : 0);
        tell(&op);
    }
}

// What a package manager does with a package: unpack beside, replace by renaming, run what came with it, upgrade, remove.
static void work_package(const char *kind, const char *root) {
    char folder[PATH_LENGTH - 64], path[PATH_LENGTH], fresh[PATH_LENGTH], from[PATH_LENGTH], text[2048];
    size_t size;
    snprintf(from, sizeof from, "%s/soak/program", root);
    char *program = content_of(from, &size);
    for (unsigned version = 0;; version++, pause_ms(80)) {
        struct operation op = begin(kind);
        snprintf(folder, sizeof folder, "%s/soak/packages/package-%u", root, version % 3);
        if (mkdir(folder, 0755) && errno != EEXIST)
            step(&op, errno);
        for (int i = 0; i < PACKAGE_FILES; i++) {
            int is_program = i % 10 == 0;
            snprintf(path, sizeof path, "%s/%d", folder, i);
            snprintf(fresh, sizeof fresh, "%s/%d.new", folder, i);
            memset(text, 'a' + (int)(version % 26), sizeof text);
            step(&op, is_program ? store(fresh, program, size, 0755) : store(fresh, text, sizeof text, 0644));
            step(&op, rename(fresh, path) ? errno : 0);
            step(&op, is_program ? run(path) : fetch(path));
        }
        // Every second time it stays, to be upgraded the next time; else it is removed.
        if (version / 3 % 2) {
            for (int i = 0; i < PACKAGE_FILES; i++) {
                snprintf(path, sizeof path, "%s/%d", folder, i);
                step(&op, unlink(path) ? errno : 0);
            }
            step(&op, rmdir(folder) ? errno : 0);
        }
        tell(&op);
    }
}

// How late a thread runs that slept: what whoever must answer at a deadline cannot do better. Nothing of the mount is used.
static void work_wake(const char *kind, const char *root) {
    (void)root;
    for (;;) {
        int64_t due = now_ns() + 20 * 1000000ll;
        pause_ms(20);
        struct operation op = {.kind = kind, .start = due, .step = due};
        step(&op, 0);
        tell(&op);
    }
}

static void child(void (*work)(const char *, const char *), const char *kind, const char *root) {
    pid_t parent = getpid();
    if (fork())
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    close(0);
    work(kind, root);
    _exit(0);
}

static void work_asked(const char *kind, const char *root) { work_fresh(kind, root, "fresh", "program", 20); }
static void work_chaos(const char *kind, const char *root) { work_fresh(kind, root, "chaos", "program", 30); }
static void work_found(const char *kind, const char *root) { work_fresh(kind, root, "fresh", "found", 25); }
static void work_refused(const char *kind, const char *root) {
    char program[PATH_LENGTH];
    snprintf(program, sizeof program, "%s/soak/refused/program", root);
    for (;; pause_ms(10)) {
        struct operation op = begin(kind);
        step(&op, run(program));
        tell(&op);
    }
}

static int hog(int processes, int milliseconds) {
    int64_t end = now_ns() + milliseconds * 1000000ll;
    for (int i = 1; i < processes; i++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            break;
        }
    while (now_ns() < end)
        for (volatile int i = 0; i < 1000000; i++) {
        }
    while (wait(NULL) > 0) {
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && !strcmp(argv[1], "hog"))
        return hog(atoi(argv[2]), atoi(argv[3]));
    if (argc != 4 || strcmp(argv[1], "work"))
        return 2;
    signal(SIGPIPE, SIG_DFL);
    child(work_start, "start", argv[2]);
    child(work_asked, "asked", argv[2]);
    child(work_chaos, "asked-chaos", argv[2]);
    child(work_file, "file", argv[2]);
    child(work_package, "package", argv[2]);
    child(work_refused, "refused", argv[2]);
    child(work_found, "found", argv[2]);
    child(work_start, "control-start", argv[3]);
    child(work_asked, "control-asked", argv[3]);
    child(work_file, "control-file", argv[3]);
    child(work_wake, "control-wake", argv[3]);
    char ignored[64];
    while (read(0, ignored, sizeof ignored) > 0) {
    }
    // The children get SIGKILL with this process's end.
    return 0;
}
