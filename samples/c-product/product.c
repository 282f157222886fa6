/*
 * A product without the SDK, written on docs/protocol.md alone: it refuses to run files whose content begins with the
 * text in OUTWORK_SAMPLE_MARKER ("OUTWORK-SAMPLE-DENY" when that is not set), and allows all others. One thread, no allocation, x86-64 or any little-endian Linux.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CONTROL = 4096, HEAD = 64, PEER_TAIL = 128, WAKE_WORD = 192, BROKER_SLEEPS = 256, PRODUCT_SLEEPS = 192 };
enum { AUTH_REQUEST = 1, CLOSING = 4, SUBSCRIBE = 16, REPLY = 17, PAD = 0xFFFF };
enum { KIND_EXEC = 1, ALLOW = 1, DENY = 3, CACHEABLE = 1, FAILED = 2, HAS_DESCRIPTOR = 1, WANTS_DESCRIPTOR = 1 };

struct header {
	uint32_t length;
	uint16_t type;
	uint8_t version, flags;
	uint64_t sequence, correlation;
	int64_t time_ns;
};

struct welcome {
	uint32_t magic;
	uint8_t version, zero[3];
	uint32_t events_capacity, replies_capacity, control, max_event, max_reply, zero2;
};

static int session, wake;
static uint8_t *events, *replies;
static uint64_t events_capacity, replies_capacity, events_tail, replies_head, sequence;

static _Atomic uint64_t *counter(uint8_t *region, int offset) { return (_Atomic uint64_t *)(region + offset); }
static _Atomic uint32_t *word(uint8_t *region, int offset) { return (_Atomic uint32_t *)(region + offset); }

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Receives one message and up to n descriptors; those not received are -1. */
static ssize_t receive(void *data, size_t length, int *descriptors, int n, int flags)
{
	union { char bytes[CMSG_SPACE(3 * sizeof(int))]; struct cmsghdr align; } control;
	struct iovec part = { data, length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	ssize_t received;
	for (int i = 0; i < n; i++)
		descriptors[i] = -1;
	do {
		received = recvmsg(session, &message, flags | MSG_CMSG_CLOEXEC);
	} while (received < 0 && errno == EINTR);
	struct cmsghdr *rights = received < 0 ? NULL : CMSG_FIRSTHDR(&message);
	if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS)
		memcpy(descriptors, CMSG_DATA(rights), rights->cmsg_len - CMSG_LEN(0) < n * sizeof(int) ? rights->cmsg_len - CMSG_LEN(0) : n * sizeof(int));
	return received;
}

static void connect_session(void)
{
	const char *number = getenv("OUTWORK_SESSION_FD");
	struct welcome welcome;
	int passed[3];
	if (!number) {
		fprintf(stderr, "c-product is run by Outwork: OUTWORK_SESSION_FD is not set\n");
		exit(2);
	}
	session = atoi(number);
	fcntl(session, F_SETFD, FD_CLOEXEC);
	if (receive(&welcome, sizeof welcome, passed, 3, 0) != sizeof welcome || welcome.magic != 0x3153574F
	    || welcome.version != 1 || passed[2] < 0)
		fail("no welcome of version 1");
	events_capacity = welcome.events_capacity;
	replies_capacity = welcome.replies_capacity;
	events = mmap(NULL, CONTROL + events_capacity, PROT_READ, MAP_SHARED, passed[0], 0);
	replies = mmap(NULL, CONTROL + replies_capacity, PROT_READ | PROT_WRITE, MAP_SHARED, passed[1], 0);
	if (events == MAP_FAILED || replies == MAP_FAILED)
		fail("mmap");
	close(passed[0]);
	close(passed[1]);
	wake = passed[2];
}

/* Fills in the header and publishes the frame, whose length is a multiple of 8. */
static void send_frame(void *frame, uint32_t length, uint16_t type, uint8_t flags, uint64_t correlation)
{
	struct timespec now;
	uint8_t *ring = replies + CONTROL;
	uint64_t position = replies_head & (replies_capacity - 1), to_end = replies_capacity - position;
	uint64_t needed = length <= to_end ? length : length + to_end;
	clock_gettime(CLOCK_MONOTONIC, &now);
	struct header header = { length, type, 1, flags, ++sequence, correlation, now.tv_sec * 1000000000LL + now.tv_nsec };
	memcpy(frame, &header, sizeof header);
	while (needed > replies_capacity - (replies_head - atomic_load_explicit(counter(events, PEER_TAIL), memory_order_acquire)))
		usleep(100);
	if (needed != length) {
		uint64_t pad = to_end | (uint64_t)PAD << 32 | 1ULL << 48;
		memcpy(ring + position, &pad, sizeof pad);
		position = 0;
	}
	memcpy(ring + position, frame, length);
	replies_head += needed;
	atomic_store_explicit(counter(replies, HEAD), replies_head, memory_order_release);
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load(word(events, BROKER_SLEEPS))) {
		uint64_t one = 1;
		if (write(wake, &one, sizeof one) < 0)
			fail("wake-up");
	}
}

/* Appends a text field; returns the new length. */
static uint32_t put_text(uint8_t *frame, uint32_t at, uint16_t tag, const char *text)
{
	uint16_t length = (uint16_t)strlen(text);
	uint32_t end = (at + 4 + length + 7) & ~7u;
	memset(frame + at, 0, end - at);
	memcpy(frame + at, &tag, 2);
	memcpy(frame + at + 2, &length, 2);
	memcpy(frame + at + 4, text, length);
	return end;
}

static void subscribe(void)
{
	uint64_t auth = 1ULL << KIND_EXEC;
	uint32_t concurrency = 1;
	uint8_t frame[256] = { 0 };
	memcpy(frame + 32, &auth, sizeof auth);
	memcpy(frame + 48, &concurrency, sizeof concurrency);
	send_frame(frame, put_text(frame, 56, 1, "c-product"), SUBSCRIBE, WANTS_DESCRIPTOR, 0);
}

/* The descriptor was passed before the frame was published; those of other questions are stale. */
static int take_descriptor(uint64_t request)
{
	uint64_t message[2];
	int file;
	while (receive(message, sizeof message, &file, 1, MSG_DONTWAIT) == sizeof message) {
		if (message[0] == request)
			return file;
		if (file >= 0)
			close(file);
	}
	return -1;
}

static void judge(const struct header *question, const char *marker)
{
	uint8_t frame[256] = { 0 };
	char start[256];
	size_t length = strlen(marker);
	uint16_t verdict = 0;
	uint8_t flags = FAILED;
	const char *reason = "the file could not be read";
	int file = question->flags & HAS_DESCRIPTOR ? take_descriptor(question->correlation) : -1;
	ssize_t got = file < 0 ? -1 : pread(file, start, length, 0);
	if (got >= 0) {
		int found = length > 0 && (size_t)got == length && memcmp(start, marker, length) == 0;
		verdict = found ? DENY : ALLOW;
		flags = CACHEABLE;
		reason = found ? "it begins with the marker" : "";
	}
	memcpy(frame + 32, &verdict, sizeof verdict);
	send_frame(frame, *reason ? put_text(frame, 48, 1, reason) : 48, REPLY, flags, question->correlation);
	if (file >= 0)
		close(file);
}

/* Sleeps until the broker wakes us, for a second at most; ends the process when the broker is gone. */
static void sleep_until_woken(void)
{
	struct timespec second = { 1, 0 };
	struct pollfd hangup = { session, 0, 0 };
	uint32_t seen = atomic_load(word(events, WAKE_WORD));
	atomic_store(word(replies, PRODUCT_SLEEPS), seen);
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load(counter(events, HEAD)) != events_tail)
		return;
	if (syscall(SYS_futex, events + WAKE_WORD, FUTEX_WAIT, seen, &second, NULL, 0) < 0 && errno == ETIMEDOUT
	    && poll(&hangup, 1, 0) > 0)
		exit(3);
}

int main(void)
{
	const char *marker = getenv("OUTWORK_SAMPLE_MARKER");
	if (!marker || !*marker || strlen(marker) > 256)
		marker = "OUTWORK-SAMPLE-DENY";
	connect_session();
	subscribe();
	for (;;) {
		if (atomic_load_explicit(counter(events, HEAD), memory_order_acquire) == events_tail) {
			sleep_until_woken();
			continue;
		}
		const struct header *frame = (const void *)(events + CONTROL + (events_tail & (events_capacity - 1)));
		if (frame->type == AUTH_REQUEST && frame->version == 1)
			judge(frame, marker);
		else if (frame->type == CLOSING)
			return 0;
		events_tail += frame->length;
		atomic_store_explicit(counter(replies, PEER_TAIL), events_tail, memory_order_release);
	}
}
