#!/bin/sh
# Puts fapolicyd into a root made by guarded-root.sh: the program, its sample rules (the set "known-libs" of its README),
# and a trust database that holds every program and library of that root, as a distribution's package would. The daemon
# then runs by chroot: what it takes for the machine's mounts, /proc/mounts, is only what lies below its own root, so
# it guards that one mount and nothing else, and the machine's own configuration is not touched.
#
# usage: fapolicyd-root.sh DIRECTORY
set -eu
root=$1
rules=/usr/share/fapolicyd/sample-rules
daemon=$(command -v fapolicyd)

mkdir -p "$root$(dirname "$daemon")" "$root/etc/fapolicyd/trust.d" "$root/etc/fapolicyd/rules.d" "$root/var/lib/fapolicyd" \
    "$root/var/log" "$root/run/fapolicyd" "$root/usr/share/fapolicyd" "$root/usr/share/misc"
cp "$daemon" "$root$daemon"
ldd "$daemon" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' | while read -r library; do
    [ -e "$root$library" ] || { mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"; }
done
cp -L /usr/share/fapolicyd/*.mgc "$root/usr/share/fapolicyd/"
cp -L /usr/share/misc/magic.mgc "$root/usr/share/misc/"
printf 'root:x:0:0:root:/:/bin/sh\n' > "$root/etc/passwd"
printf 'root:x:0:\n' > "$root/etc/group"
/sbin/ldconfig -r "$root"

for set in 10-languages 20-dracut 21-updaters 30-patterns 40-bad-elf 41-shared-obj 42-trusted-elf 70-trusted-lang 72-shell \
    90-deny-execute 95-allow-open; do
    cp "$rules/$set.rules" "$root/etc/fapolicyd/rules.d/"
done
cat "$root"/etc/fapolicyd/rules.d/*.rules | grep -v '^#' > "$root/etc/fapolicyd/compiled.rules"

# Debian's configuration, but root: it cannot change its user everywhere, and it may only watch this file system.
sed -e 's/^uid *=.*/uid = 0/' -e 's/^gid *=.*/gid = 0/' -e 's/^watch_fs *=.*/watch_fs = ext4/' -e 's/^trust *=.*/trust = file/' \
    /etc/fapolicyd/fapolicyd.conf > "$root/etc/fapolicyd/fapolicyd.conf"

cd "$root"
find usr bench -type f \( -perm -u+x -o -name '*.so*' \) | while read -r file; do
    printf '/%s %s %s\n' "$file" "$(stat -c %s "$file")" "$(sha256sum "$file" | cut -d' ' -f1)"
done > "$root/etc/fapolicyd/fapolicyd.trust"
: > "$root/etc/fapolicyd/trust.d/outwork-bench"
