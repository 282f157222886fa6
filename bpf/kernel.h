/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The few kernel types that our programs read. Only the fields used are declared; their offsets are relocated by libbpf
 * against the running kernel's BTF (CO-RE), so the order and the gaps here mean nothing. No vmlinux.h of any machine is
 * involved. Types with ___suffix are flavours: other kernels' versions of the type of the same name.
 */
#ifndef OUTWORK_KERNEL_H
#define OUTWORK_KERNEL_H

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;
typedef __u16 __sum16;
typedef _Bool bool;

#define false 0
#define true 1
#define NULL ((void *)0)

/* include/uapi/linux/bpf.h; frozen. */
#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_ARRAY 2
#define BPF_MAP_TYPE_PERCPU_ARRAY 6
#define BPF_MAP_TYPE_RINGBUF 27
#define BPF_RB_NO_WAKEUP 1ULL
#define BPF_RB_FORCE_WAKEUP 2ULL
#define BPF_RB_AVAIL_DATA 0
#define BPF_RB_RING_SIZE 1

/* include/linux/fs.h: "this is a kern_mount call": the file system is the kernel's own and has no place in any tree. */
#define SB_KERNMOUNT (1ULL << 22)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct qstr {
	__u32 len;
	const unsigned char *name;
};

struct inode;
struct super_block;

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct super_block {
	__u32 s_dev;
	unsigned long s_flags;
};

struct timespec64 {
	__s64 tv_sec;
	long tv_nsec;
};

/* 6.11 and later. */
struct inode {
	struct super_block *i_sb;
	unsigned long i_ino;
	__s64 i_size;
	__s64 i_mtime_sec;
	__s64 i_ctime_sec;
	__u32 i_mtime_nsec;
	__u32 i_ctime_nsec;
};

/* Up to 6.5. */
struct inode___timespec {
	struct timespec64 i_mtime;
	struct timespec64 i_ctime;
};

/* 6.6 renamed the change time, 6.7 the modification time. */
struct inode___private_ctime {
	struct timespec64 __i_ctime;
};

struct inode___private_mtime {
	struct timespec64 __i_mtime;
};

struct file {
	struct inode *f_inode;
	struct path f_path;
};

struct fs_struct {
	struct path pwd;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
};

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u32 val;
} kgid_t;

struct cred {
	kuid_t uid;
	kgid_t gid;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
	struct task_struct *group_exec_task;
	unsigned int flags;
	int group_exit_code;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	int pid;
	int tgid;
	int exit_code;
	__u64 start_boottime;
	__u64 self_exec_id;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	const struct cred *real_cred;
	struct signal_struct *signal;
	struct mm_struct *mm;
	struct fs_struct *fs;
	struct files_struct *files;
	struct css_set *cgroups;
};

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct linux_binprm {
	struct file *file;
	int argc;
	const char *filename;
	const char *interp;
};

#pragma clang attribute pop

#endif
