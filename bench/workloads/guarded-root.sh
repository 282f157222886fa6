#!/bin/sh
# Fills DIRECTORY with a small root: a shell, make, gcc with everything it runs and reads, and the workloads. The
# benchmark guards the mount that holds it and works in it by chroot, so that program, loader, libraries, compiler and
# headers are all guarded, as they are where a machine guards "/".
#
# usage: guarded-root.sh DIRECTORY FILE...    (each FILE goes to DIRECTORY/bench)
set -eu
root=$1
shift

mkdir -p "$root/usr" "$root/tmp" "$root/dev" "$root/bench" "$root/proc"
chmod 1777 "$root/tmp"
mknod -m 666 "$root/dev/null" c 1 3
for link in /bin /sbin /lib /lib64; do
    if [ -L "$link" ]; then
        ln -s "usr$link" "$root$link"
        mkdir -p "$root/usr$link"
    else
        mkdir -p "$root$link"
    fi
done

# A file, at its own path, without what symbolic links lead to it.
add() {
    for file; do
        mkdir -p "$root$(dirname "$file")"
        cp -L "$file" "$root$file"
    done
}

# A program and every library it loads.
add_program() {
    for program; do
        add "$program"
        ldd "$program" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | while read -r library; do
            [ -e "$root$library" ] || add "$library"
        done
    done
}

part() { gcc -print-prog-name="$1"; }

for name in sh make gcc rm as ld; do
    add_program "$(command -v "$name")"
done
for name in cc1 collect2; do
    add_program "$(part "$name")"
done

internal=$(dirname "$(gcc -print-libgcc-file-name)")
add "$(gcc -print-file-name=liblto_plugin.so)" "$internal"/crt*.o "$internal"/libgcc*.a "$internal"/libgcc_s.so
cp -RL "$internal/include" "$root$internal/include"
for name in crt1.o Scrt1.o crti.o crtn.o libc.so libc_nonshared.a libgcc_s.so.1; do
    found=$(gcc -print-file-name="$name")
    [ "$found" = "$name" ] || add "$(realpath -s "$found")"
done

multiarch=$(gcc -print-multiarch)
mkdir -p "$root/usr/include/$multiarch"
cp -L /usr/include/*.h "$root/usr/include/"
for directory in linux asm-generic "$multiarch/asm" "$multiarch/bits" "$multiarch/gnu" "$multiarch/sys"; do
    cp -RL "/usr/include/$directory" "$root/usr/include/$directory"
done
cp -L /etc/ld.so.conf "$root/etc/" 2>/dev/null || { mkdir -p "$root/etc" && cp -RL /etc/ld.so.conf /etc/ld.so.conf.d "$root/etc/"; }
/sbin/ldconfig -r "$root"

for file; do
    cp "$file" "$root/bench/"
done
