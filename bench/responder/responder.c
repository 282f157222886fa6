// The limit: the least that any fanotify responder in user mode must do. It allows everything. Outwork is measured
// against it, because what it costs is what the kernel's round trip costs, whoever answers.
//
// usage: responder PATH --mode exec|open|both [--cache] [--ask [FILE]] [--seconds N]
//   --cache   leaves an ignore mark on each file it has answered for: the kernel then answers itself (the limit of "warm")
//   --ask     asks a second process over shared memory and futexes before it answers (the limit of "a product decides");
//             with FILE only for that file, and every other file gets an ignore mark
// Prints "ready" once it answers. Ends with its parent, and after N seconds (60) in any case: what then waits is let through.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than Debian 12's C library, older than the kernels we run on.
#ifndef FAN_MARK_EVICTABLE
#define FAN_MARK_EVICTABLE 0x00000200
#endif
#ifndef FAN_MARK_IGNORE
#define FAN_MARK_IGNORE 0x00000400
#endif

// Each side's word on its own cache line, and beside it whether the other side sleeps on it.
struct mailbox {
    _Alignas(64) _Atomic uint32_t question;
    _Atomic uint32_t answerer_sleeps;
    _Alignas(64) _Atomic uint32_t answer;
    _Atomic uint32_t asker_sleeps;
};

static void fail(const char *what) {
    fprintf(stderr, "responder: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void wait_until_not(_Atomic uint32_t *word, uint32_t old, _Atomic uint32_t *sleeps) {
    while (atomic_load(word) == old) {
        atomic_store(sleeps, 1);
        if (atomic_load(word) == old)
            syscall(SYS_futex, word, FUTEX_WAIT, old, NULL, NULL, 0);
    }
    atomic_store(sleeps, 0);
}

static void wake(_Atomic uint32_t *word, _Atomic uint32_t *sleeps) {
    if (atomic_load(sleeps))
        syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void die_with_parent(pid_t parent, unsigned seconds) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    alarm(seconds);
}

static void answer_forever(struct mailbox *box) {
    for (uint32_t seen = 0;;) {
        wait_until_not(&box->question, seen, &box->answerer_sleeps);
        seen = atomic_load(&box->question);
        atomic_store(&box->answer, seen);
        wake(&box->answer, &box->asker_sleeps);
    }
}

static void ask(struct mailbox *box) {
    uint32_t last = atomic_load(&box->answer);
    atomic_store(&box->question, last + 1);
    wake(&box->question, &box->answerer_sleeps);
    wait_until_not(&box->answer, last, &box->asker_sleeps);
}

int main(int argc, char **argv) {
    const char *mode = "exec", *asked = NULL;
    int cache = 0, asks = 0;
    unsigned seconds = 60;
    if (argc < 2)
        return 2;
    for (int i = 2; i < argc; i++) {
        if (!strcmp(argv[i], "--mode") && i + 1 < argc)
            mode = argv[++i];
        else if (!strcmp(argv[i], "--cache"))
            cache = 1;
        else if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
            seconds = (unsigned)atoi(argv[++i]);
        else if (!strcmp(argv[i], "--ask")) {
            asks = 1;
            if (i + 1 < argc && argv[i + 1][0] != '-')
                asked = argv[++i];
        } else {
            fprintf(stderr, "responder: unknown argument %s\n", argv[i]);
            return 2;
        }
    }
    die_with_parent(getppid(), seconds);

    struct stat asked_file = {0};
    if (asked && stat(asked, &asked_file))
        fail(asked);
    struct mailbox *box = mmap(NULL, sizeof *box, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (box == MAP_FAILED)
        fail("mmap");
    if (asks) {
        // Before fanotify_init: whoever inherits the descriptor keeps the group alive after the responder's end.
        pid_t parent = getpid(), child = fork();
        if (child < 0)
            fail("fork");
        if (child == 0) {
            die_with_parent(parent, seconds);
            answer_forever(box);
        }
    }

    uint64_t events = !strcmp(mode, "exec") ? FAN_OPEN_EXEC_PERM
                    : !strcmp(mode, "open") ? FAN_OPEN_PERM
                                            : FAN_OPEN_EXEC_PERM | FAN_OPEN_PERM;
    int group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS,
                              O_RDONLY | O_LARGEFILE | O_CLOEXEC);
    if (group < 0)
        fail("fanotify_init");
    if (fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, events, AT_FDCWD, argv[1]))
        fail("fanotify_mark");
    puts("ready");
    fflush(stdout);

    _Alignas(struct fanotify_event_metadata) char buffer[8192];
    for (;;) {
        ssize_t length = read(group, buffer, sizeof buffer);
        if (length < 0) {
            if (errno == EINTR)
                continue;
            fail("read");
        }
        for (struct fanotify_event_metadata *event = (void *)buffer; FAN_EVENT_OK(event, length);
             event = FAN_EVENT_NEXT(event, length)) {
            if (event->fd < 0)
                continue;
            int ask_now = asks;
            if (asked) {
                struct stat file;
                ask_now = fstat(event->fd, &file) == 0 && file.st_ino == asked_file.st_ino;
            }
            if (ask_now)
                ask(box);
            // EEXIST: another descriptor of the same file was answered in between; the mark is there.
            if ((cache || (asked && !ask_now))
                && fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_IGNORE | FAN_MARK_EVICTABLE, events, event->fd, NULL)
                && errno != EEXIST)
                fail("ignore mark");
            struct fanotify_response response = {.fd = event->fd, .response = FAN_ALLOW};
            if (write(group, &response, sizeof response) < 0 && errno != ENOENT)
                fail("write");
            close(event->fd);
        }
    }
}
