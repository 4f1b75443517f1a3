#!/usr/bin/env bash
# Freezes the program and makes the packages, in dist/, on the Debian 12 that this runs on.
#
# For a clean system, as root: `make package` makes one, a container is one.
# SOURCE_DATE_EPOCH is the date that everything gets; PROJECT_URL, if set, where the project lives.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
umask 022
: "${SOURCE_DATE_EPOCH:?}"

apt-get update --quiet
# dpkg-dev finds the packages that have what the program needs; libicu72 is here for its licence,
# as Qt brings that library without.
apt-get install --yes --quiet --no-install-recommends python3 python3-venv dpkg-dev libicu72
python3 packaging/dev.py freeze
.venv/bin/python packaging/package.py
