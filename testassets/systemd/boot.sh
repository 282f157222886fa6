#!/bin/bash
# boot.sh SCRATCH REPOSITORY RUNTIME: becomes systemd, process 1 of namespaces of its own, over this machine's files. Whatever that
# changes is in a tmpfs at SCRATCH and gone with the namespaces. Run in a control group of its own, by: unshare --mount --pid --uts
# --ipc --net --cgroup --fork --kill-child.
set -euo pipefail
scratch=$1 repository=$2 runtime=$3
root=$scratch/root

mount --make-rprivate /
mount -t tmpfs -o mode=0755 tmpfs "$scratch"
mkdir "$root"

# over FOLDER NAME: this machine's folder, with changes that nobody else sees.
over() {
    mkdir -p "$scratch/$2"/{upper,work} "$root$1"
    mount -t overlay -o "lowerdir=$1,upperdir=$scratch/$2/upper,workdir=$scratch/$2/work" overlay "$root$1"
}

over / machine
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root/mnt/guarded"
mount -t tmpfs -o mode=0755 tmpfs "$root/mnt/guarded"

# Either may be a mount of its own, or below /tmp.
over "$repository" repository
mkdir -p "$root$runtime"
mount --rbind "$runtime" "$root$runtime"

# The namespace's root is our own control group. Version 1's hierarchies have the controllers where version 2's does not.
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
while IFS=: read -r _ controllers _; do
    [[ -n $controllers && $controllers != name=* ]] || continue
    mkdir -p "$root/run/cgroup/$controllers"
    mount -t cgroup -o "$controllers" cgroup "$root/run/cgroup/$controllers"
done </proc/self/cgroup

# Of this machine's units nothing starts but the journal.
rm -rf "$root"/etc/systemd/system "$root"/etc/outwork "$root"/var/lib/outwork "$root"/var/log/journal
mkdir -p "$root"/etc/systemd/system "$root"/etc/outwork
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
printf '[Unit]\nDescription=A machine for tests\nWants=systemd-journald.service\n' >"$root/etc/systemd/system/outwork-test.target"
printf 'OUTWORK_OPTIONS=--mount /mnt/guarded\n' >"$root/etc/outwork/service.env"

cd "$root"
pivot_root . .
umount -l .
exec env -i container=outwork-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    chroot . /lib/systemd/systemd --system --unit=outwork-test.target --log-target=journal-or-kmsg --show-status=no
