#!/usr/bin/env bash
# Runs a command in a system that clean-system.sh has made, with none of this computer's variables.
#
#   enter.sh FOLDER USER COMMAND [ARGUMENT...]
#
# USER is root, or op, who is made if need be and owns nothing but a home. Needs root.
set -euo pipefail
folder=$1 user=$2
shift 2

if [ "$user" != root ] && ! grep -q "^$user:" "$folder/etc/passwd"; then
    chroot "$folder" useradd --create-home --shell /bin/sh "$user"
fi
home=$(awk -F : -v "user=$user" '$1 == user { print $6 }' "$folder/etc/passwd")
# What is mounted here is gone with the last process.
# shellcheck disable=SC2016 # it is for the inner shell to expand
exec unshare --mount --pid --fork --kill-child sh -c '
    folder=$1 user=$2 home=$3 date=$4
    shift 4
    mount -t proc proc "$folder/proc"
    mount -t devpts devpts "$folder/dev/pts"
    mount -t tmpfs tmpfs "$folder/dev/shm"
    exec chroot --userspec="$user:$user" "$folder" /usr/bin/env --ignore-environment --chdir="$home" \
        HOME="$home" USER="$user" LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        ${date:+SOURCE_DATE_EPOCH="$date"} "$@"
' sh "$folder" "$user" "$home" "${SOURCE_DATE_EPOCH:-}" "$@"
