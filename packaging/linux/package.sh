#!/usr/bin/env bash
# Makes the packages in a clean Debian 12, from what git would commit here, and puts them in DIST.
#
#   package.sh [DIST]
#
# Needs root. The system stays in build/package-system until the next time, to be looked at.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=$PWD
dist=${1:-dist}
system=build/package-system
source=$system/srv/cancel-desk

if [ "$(id -u)" != 0 ]; then
    echo "This makes a Debian system of its own, for which it has to be root." >&2
    echo "In a Debian 12 that is clean already, a container say, run packaging/linux/build.sh." >&2
    exit 1
fi
if [ -n "$(git status --porcelain)" ]; then
    echo "Note: what is packaged is not committed, at least not all of it." >&2
fi
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

packaging/linux/clean-system.sh "$system"
mkdir -p "$source"
git ls-files -z --cached --others --exclude-standard |
    tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory="$source"
packaging/linux/enter.sh "$system" root \
    env PROJECT_URL="${PROJECT_URL:-}" /srv/cancel-desk/packaging/linux/build.sh
mkdir -p "$dist"
rm -f "$dist"/cancel-desk[-_]*.{deb,tar.gz,json}
cp "$here/$source"/dist/{*.deb,*.tar.gz,*.cdx.json,SHA256SUMS} "$dist"
(cd "$dist" && sha256sum --check SHA256SUMS)
