/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* What the programs put into the ring, in the machine's byte order. The reader's structs are tested against our BTF. */
#ifndef OUTWORK_RECORDS_H
#define OUTWORK_RECORDS_H

enum record_kind {
	RECORD_FORK = 1,
	RECORD_EXEC = 2,
	RECORD_EXIT = 3,
	RECORD_KINDS = 4,
};

enum record_flag {
	FLAG_MEMORY = 1, /* the program is memory without a path (memfd) */
	FLAG_KILLED = 2, /* and was ended, by policy */
	FLAG_SCRIPT = 4, /* an interpreter was put in place of the file that was asked for */
	FLAG_PROGRAM_TRUNCATED = 8,
	FLAG_DIRECTORY_TRUNCATED = 16,
	FLAG_ARGUMENTS_TRUNCATED = 32,
};

enum memory_exec_mode {
	MEMORY_EXEC_ALLOW = 0,
	MEMORY_EXEC_DENY_ALL = 1,
	MEMORY_EXEC_DENY_LISTED = 2,
};

#define MEMORY_EXEC_USERS_MAX 1024

/* kernel: SIGNAL_GROUP_EXIT in include/linux/sched/signal.h */
#define SIGNAL_GROUP_EXIT 0x00000004

#define PATH_STEPS_MAX 32
#define NAME_BYTES_MAX 256
#define PROGRAM_BYTES_MAX 512
#define DIRECTORY_BYTES_MAX 256
#define FILENAME_BYTES_MAX 256
#define ARGUMENTS_BYTES_MAX 512
#define DATA_BYTES_MAX (PROGRAM_BYTES_MAX + DIRECTORY_BYTES_MAX + FILENAME_BYTES_MAX + ARGUMENTS_BYTES_MAX)

/* fork (the child), exit; the head of exec. Times are CLOCK_BOOTTIME in ns, ids those of the initial namespaces. */
struct process_record {
	__u16 kind;
	__u16 flags;
	__u32 pid;
	__u64 time_ns;
	__u64 start_ns;
	__u64 parent_start_ns;
	__u32 parent_pid;
	__u32 uid;
	__u32 gid;
	__s32 exit_code; /* as wait4() shows it; for exit */
	__u64 cgroup_id;
};

/* One process, from a walk over all tasks. Times and ids as above. */
struct task_record {
	__u32 pid;
	__u32 parent_pid;
	__u64 start_ns;
	__u64 parent_start_ns;
	__u64 exec_id; /* another one after each exec of the process */
	__u64 cgroup_id;
	__u32 uid;
	__u32 gid;
	__u32 ended; /* its last thread has; it may not be waited for yet */
	__u32 reserved;
};

/*
 * data holds, one after the other: the program's path and the working directory (names ended by zeros, leaf first), the
 * file name given to exec (only with FLAG_SCRIPT or FLAG_PROGRAM_TRUNCATED), the arguments (each ended by a zero).
 */
struct exec_record {
	struct process_record process;
	__u64 device; /* as st_dev */
	__u64 inode;
	__u64 size;
	__s64 modified_ns;
	__s64 changed_ns;
	__u32 argument_count;
	__u16 program_bytes;
	__u16 directory_bytes;
	__u16 filename_bytes;
	__u16 arguments_bytes;
	__u32 reserved;
	/* The slack lets the verifier see that a whole name fits at any offset it has checked. */
	char data[DATA_BYTES_MAX + ARGUMENTS_BYTES_MAX];
};

#endif
