#!/usr/bin/env bash
# Makes a minimal Debian 12 in FOLDER, which fetches packages from where this computer does.
#
#   clean-system.sh FOLDER
#
# Needs root. The pristine system is made once, by debootstrap, in build/debian-12, and then copied.
set -euo pipefail
pristine=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/debian-12
folder=$1

# "deb ADDRESS SUITE COMPONENT" for each source of Debian 12 that this computer has; often none.
sources() {
    apt-get indextargets --format "deb \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
        'Created-By: Packages' 'Origin: Debian' | grep ' bookworm' | sort --unique
}

if [ ! -d "$pristine" ]; then
    if ! command -v debootstrap > /dev/null; then
        apt-get update --quiet
        apt-get install --yes --quiet --no-install-recommends debootstrap
    fi
    # Without a mirror debootstrap takes the one it knows.
    mirror=$(sources | awk '$3 == "bookworm" { print $2; exit }' || true)
    rm -rf "$pristine.part"
    mkdir -p "$pristine.part"
    debootstrap --variant=minbase --include=ca-certificates \
        bookworm "$pristine.part" ${mirror:+"$mirror"}
    rm -f "$pristine.part"/var/cache/apt/archives/*.deb
    if sources > /dev/null; then
        sources > "$pristine.part/etc/apt/sources.list"
    fi
    apt-config dump Acquire::http Acquire::https Acquire::Check-Valid-Until Acquire::Check-Date \
        > "$pristine.part/etc/apt/apt.conf.d/50builder"
    mv "$pristine.part" "$pristine"
fi

rm -rf --one-file-system "$folder"
mkdir -p "$(dirname "$folder")"
cp -a "$pristine" "$folder"
for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
    if [ -f "$file" ]; then
        install -D -m 644 "$file" "$folder$file"
    fi
done
