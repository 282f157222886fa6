// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
/*
 * Outwork's eyes on processes: fork, exec and exit of every process (not thread) of the machine go into one ring, and a
 * program executed from memory without a path can be ended before its first instruction.
 *
 * These programs run inside every spawn on the machine. So: direct loads from the tracepoints' typed arguments, no lock,
 * records of exactly the size used, and no wake-up of the reader (it looks every 50 ms) but for each further eighth of
 * the ring that fills.
 *
 * Needs: kernel 6.1 or later with BTF. Builds with clang 14 and libbpf's headers.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "records.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The reader sets the size before it loads us. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

/* Records that did not fit, by kind. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RECORD_KINDS);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

/* Tracepoints run with preemption off, and only on_exec uses it: one a CPU is enough. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_record);
} scratch SEC(".maps");

/* One value: enum memory_exec_mode. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} memory_exec_mode SEC(".maps");

/* Real user ids denied when the mode is MEMORY_EXEC_DENY_LISTED. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MEMORY_EXEC_USERS_MAX);
	__type(key, __u32);
	__type(value, __u8);
} memory_exec_users SEC(".maps");

static __always_inline void output(void *record, __u64 size, __u32 kind)
{
	__u64 unread = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	__u64 eighth = bpf_ringbuf_query(&events, BPF_RB_RING_SIZE) / 8;
	/* A wake-up is an interrupt to ourselves, some 4 µs in a virtual machine: once an eighth, not once a record. */
	__u64 wake = unread / eighth != (unread + size) / eighth ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;

	if (bpf_ringbuf_output(&events, record, size, wake) != 0) {
		__u64 *count = bpf_map_lookup_elem(&lost, &kind);

		if (count)
			(*count)++;
	}
}

static __always_inline void describe(struct process_record *record, __u16 kind, struct task_struct *leader)
{
	struct task_struct *parent = leader->real_parent->group_leader;
	const struct cred *cred = leader->real_cred;

	record->kind = kind;
	record->flags = 0;
	record->pid = leader->tgid;
	record->time_ns = bpf_ktime_get_boot_ns();
	record->start_ns = leader->start_boottime;
	record->parent_start_ns = parent->start_boottime;
	record->parent_pid = parent->tgid;
	record->uid = cred->uid.val;
	record->gid = cred->gid.val;
	record->exit_code = 0;
	record->cgroup_id = leader->cgroups->dfl_cgrp->kn->id;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct process_record record;

	if (child->pid != child->tgid)
		return 0;
	describe(&record, RECORD_FORK, child);
	output(&record, sizeof(record), RECORD_FORK);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct process_record record;
	struct task_struct *leader = task->group_leader;
	struct signal_struct *signal = task->signal;

	/* do_exit() has counted this thread out already: zero means that it was the process' last. */
	if (signal->live.counter != 0)
		return 0;
	describe(&record, RECORD_EXIT, leader);
	/* As wait_task_zombie() chooses: exit_group() and fatal signals set one code for all threads. */
	record.exit_code = signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code : leader->exit_code;
	output(&record, sizeof(record), RECORD_EXIT);
	return 0;
}

/* Where a walk up the tree is; lives on the stack of on_exec. */
struct walk {
	struct exec_record *record;
	struct dentry *dentry;
	struct dentry *root;
	struct mount *mount;
	__u64 offset;
	__u64 end;
	__u64 done;
};

/* One step up: writes a name, or crosses to the mount above. Returns 1 when the walk ends. */
static long step(__u32 index, void *context)
{
	struct walk *walk = context;
	struct dentry *dentry = walk->dentry;
	struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
	__u64 offset = walk->offset;
	__u32 length;
	long written;

	if (dentry == walk->root || dentry == parent) {
		struct mount *mount = walk->mount;
		struct mount *above = BPF_CORE_READ(mount, mnt_parent);

		if (above == mount || dentry != walk->root) {
			walk->done = 1;
			return 1;
		}
		walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = above;
		walk->root = BPF_CORE_READ(above, mnt.mnt_root);
		return 0;
	}
	length = BPF_CORE_READ(dentry, d_name.len);
	if (length >= NAME_BYTES_MAX || offset + length + 1 > walk->end || offset > DATA_BYTES_MAX)
		return 1;
	written = bpf_probe_read_kernel_str(&walk->record->data[offset], NAME_BYTES_MAX, BPF_CORE_READ(dentry, d_name.name));
	if (written <= 0)
		return 1;
	walk->offset = offset + written;
	walk->dentry = parent;
	return 0;
}

/*
 * Writes the names from a directory entry up to the root of its mount namespace into data[offset..], leaf first, each
 * ended by a zero. No lock: a concurrent rename can give a mixture, as it can to any observer. Returns the new offset.
 * A function of its own, with plain numbers for pointers, so that the verifier reads it once and not in every context.
 */
__noinline __u64 write_path(__u64 offset, __u64 limit, __u64 dentry, __u64 vfsmount, __u64 truncated)
{
	__u32 zero = 0;
	struct exec_record *record = bpf_map_lookup_elem(&scratch, &zero);
	struct mount *mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
	struct walk walk = {
		.record = record,
		.dentry = (void *)dentry,
		.root = BPF_CORE_READ(mount, mnt.mnt_root),
		.mount = mount,
		.offset = offset,
		.end = offset + limit,
	};

	if (!record)
		return offset;
	bpf_loop(PATH_STEPS_MAX, step, &walk, 0);
	if (!walk.done)
		record->process.flags |= truncated;
	return walk.offset;
}

static __always_inline __u64 copy_string(struct exec_record *record, __u64 offset, const char *text)
{
	if (offset > DATA_BYTES_MAX)
		return offset;
	long written = bpf_probe_read_kernel_str(&record->data[offset], FILENAME_BYTES_MAX, text);
	return written > 0 && written <= FILENAME_BYTES_MAX ? offset + written : offset;
}

static __always_inline __u64 copy_arguments(struct exec_record *record, __u64 offset, struct mm_struct *mm)
{
	unsigned long start = mm->arg_start;
	unsigned long length = mm->arg_end - start;

	if (length > ARGUMENTS_BYTES_MAX) {
		length = ARGUMENTS_BYTES_MAX;
		record->process.flags |= FLAG_ARGUMENTS_TRUNCATED;
	}
	if (offset > DATA_BYTES_MAX || length == 0)
		return offset;
	/* exec has just written them: the pages are there. */
	if (bpf_probe_read_user(&record->data[offset], length, (void *)start) != 0) {
		record->process.flags |= FLAG_ARGUMENTS_TRUNCATED;
		return offset;
	}
	return offset + length;
}

/* The kernel's dev_t as stat() shows it (new_encode_dev() in include/linux/kdev_t.h). */
static __always_inline __u64 user_device(__u32 dev)
{
	__u32 major = dev >> 20, minor = dev & 0xfffff;

	return (minor & 0xff) | (major << 8) | ((minor & ~0xffU) << 12);
}

static __always_inline __s64 nanoseconds(__s64 seconds, __u32 fraction)
{
	/* The top bit is I_CTIME_QUERIED since 6.13 (include/linux/fs.h). */
	return seconds * 1000000000LL + (fraction & 0x7fffffff);
}

static __always_inline void describe_file(struct exec_record *record, struct inode *inode)
{
	record->device = user_device(inode->i_sb->s_dev);
	record->inode = inode->i_ino;
	record->size = inode->i_size;
	if (bpf_core_field_exists(inode->i_mtime_sec)) {
		record->modified_ns = nanoseconds(inode->i_mtime_sec, inode->i_mtime_nsec);
	} else if (bpf_core_field_exists(((struct inode___private_mtime *)0)->__i_mtime)) {
		struct inode___private_mtime *middle = (void *)inode;
		record->modified_ns = nanoseconds(middle->__i_mtime.tv_sec, middle->__i_mtime.tv_nsec);
	} else {
		struct inode___timespec *old = (void *)inode;
		record->modified_ns = nanoseconds(old->i_mtime.tv_sec, old->i_mtime.tv_nsec);
	}
	if (bpf_core_field_exists(inode->i_ctime_sec)) {
		record->changed_ns = nanoseconds(inode->i_ctime_sec, inode->i_ctime_nsec);
	} else if (bpf_core_field_exists(((struct inode___private_ctime *)0)->__i_ctime)) {
		struct inode___private_ctime *middle = (void *)inode;
		record->changed_ns = nanoseconds(middle->__i_ctime.tv_sec, middle->__i_ctime.tv_nsec);
	} else {
		struct inode___timespec *old = (void *)inode;
		record->changed_ns = nanoseconds(old->i_ctime.tv_sec, old->i_ctime.tv_nsec);
	}
}

static __always_inline bool memory_exec_denied(__u32 uid)
{
	__u32 zero = 0;
	__u32 *mode = bpf_map_lookup_elem(&memory_exec_mode, &zero);

	if (!mode || *mode == MEMORY_EXEC_ALLOW)
		return false;
	return *mode == MEMORY_EXEC_DENY_ALL || bpf_map_lookup_elem(&memory_exec_users, &uid);
}

static __always_inline bool is_memory(struct file *file)
{
	return (BPF_CORE_READ(file, f_inode, i_sb, s_flags) & SB_KERNMOUNT) != 0;
}

#define SCRIPT_NAME_MAX 40

/* The number at the end of a name that begins with prefix, or -1. */
#define NUMBER_AFTER(name, prefix) \
	(bpf_strncmp(name, sizeof(prefix) - 1, prefix) == 0 ? number_at(name + sizeof(prefix) - 1) : -1)

static __always_inline int number_at(const char *text)
{
	int number = 0, digits = 0;

	for (; digits < 6 && text[digits] >= '0' && text[digits] <= '9'; digits++)
		number = number * 10 + (text[digits] - '0');
	return digits > 0 && text[digits] == 0 ? number : -1;
}

/*
 * A script in memory: the kernel has put the interpreter's file in place of the script's, but the script was named by its
 * descriptor (execveat() makes /dev/fd/N of it), which the interpreter needs and which is therefore still open.
 * A function of its own for the verifier's sake, as above.
 */
__noinline int is_memory_script(__u64 filename)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	char name[SCRIPT_NAME_MAX] = {};
	struct file *file = NULL;
	int fd;

	bpf_probe_read_kernel_str(name, sizeof(name) - 8, (void *)filename);
	fd = NUMBER_AFTER(name, "/dev/fd/");
	if (fd < 0)
		fd = NUMBER_AFTER(name, "/proc/self/fd/");
	if (fd < 0)
		fd = NUMBER_AFTER(name, "/proc/thread-self/fd/");
	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(task, files, fdt, max_fds))
		return false;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(task, files, fdt, fd) + fd);
	return file && is_memory(file);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 zero = 0;
	struct exec_record *record = bpf_map_lookup_elem(&scratch, &zero);
	struct file *file = bprm->file;
	struct inode *inode = file->f_inode;
	__u64 offset = 0, before = 0;

	if (!record)
		return 0;
	/* After exec the task is its group's leader and only thread, with the leader's pid and start time. */
	describe(&record->process, RECORD_EXEC, task);
	if (bprm->interp != bprm->filename) {
		record->process.flags |= FLAG_SCRIPT;
		if (is_memory_script((__u64)BPF_CORE_READ(bprm, filename)))
			record->process.flags |= FLAG_MEMORY;
	}
	if (is_memory(file))
		record->process.flags |= FLAG_MEMORY;
	/* Delivered on the way back to user mode, before the new program's first instruction. */
	if (record->process.flags & FLAG_MEMORY && memory_exec_denied(record->process.uid) && bpf_send_signal(9) == 0)
		record->process.flags |= FLAG_KILLED;
	describe_file(record, inode);
	record->argument_count = bprm->argc;

	/* Memory is its own root: it has a name but no place in any tree. */
	if (is_memory(file))
		offset = copy_string(record, offset, (const char *)file->f_path.dentry->d_name.name);
	else
		offset = write_path(offset, PROGRAM_BYTES_MAX, (__u64)BPF_CORE_READ(file, f_path.dentry), (__u64)BPF_CORE_READ(file, f_path.mnt),
				    FLAG_PROGRAM_TRUNCATED);
	record->program_bytes = offset - before;
	before = offset;
	offset = write_path(offset, DIRECTORY_BYTES_MAX, (__u64)BPF_CORE_READ(task, fs, pwd.dentry), (__u64)BPF_CORE_READ(task, fs, pwd.mnt),
			    FLAG_DIRECTORY_TRUNCATED);
	record->directory_bytes = offset - before;
	before = offset;
	/* What was asked for: of interest only when it is not what runs. */
	if (record->process.flags & (FLAG_SCRIPT | FLAG_PROGRAM_TRUNCATED))
		offset = copy_string(record, offset, bprm->filename);
	record->filename_bytes = offset - before;
	before = offset;
	offset = copy_arguments(record, offset, task->mm);
	record->arguments_bytes = offset - before;

	if (offset > DATA_BYTES_MAX)
		offset = DATA_BYTES_MAX;
	output(record, __builtin_offsetof(struct exec_record, data) + offset, RECORD_EXEC);
	return 0;
}

static __noinline void describe_task(struct task_record *record, struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	struct task_struct *parent = leader->real_parent->group_leader;

	record->pid = task->tgid;
	record->parent_pid = parent->tgid;
	record->start_ns = leader->start_boottime;
	record->parent_start_ns = parent->start_boottime;
	record->exec_id = task->self_exec_id;
	record->cgroup_id = leader->cgroups->dfl_cgrp->kn->id;
	record->uid = leader->real_cred->uid.val;
	record->gid = leader->real_cred->gid.val;
	/* As on_exit tells it. */
	record->ended = task->signal->live.counter == 0;
}

/*
 * Writes a record of each process, ended ones included, into the sequence that its reader reads: what a repair compares with.
 * Threads are passed over, but for those of a process in the middle of an exec by another thread than the first: pids
 * change hands there, and for a moment none of its threads looks like the first. Its reader takes one record a process.
 */
SEC("?iter/task")
int walk_processes(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct task_record record = {};

	if (!task)
		return 0;
	if (task->pid != task->tgid && !task->signal->group_exec_task)
		return 0;
	describe_task(&record, task);
	bpf_seq_write(context->meta->seq, &record, sizeof(record));
	return 0;
}

/* How often the probe below was called. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} lsm_calls SEC(".maps");

/*
 * Loaded only to find out whether security hooks of ours are called at all: a kernel may accept the program and, without
 * "bpf" among its active security modules, never call it. Reading a process group is a hook that hardly anything uses.
 */
SEC("?lsm/task_getpgid")
int BPF_PROG(probe_lsm, struct task_struct *task)
{
	__u32 zero = 0;
	__u32 *calls = bpf_map_lookup_elem(&lsm_calls, &zero);

	if (calls)
		__sync_fetch_and_add(calls, 1);
	return 0;
}
