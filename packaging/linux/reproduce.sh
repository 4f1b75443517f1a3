#!/usr/bin/env bash
# Makes the packages twice, each time in a new clean system, the second time on one processor
# only, and fails unless every byte is the same. Needs root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

rm -rf build/reproduce
packaging/linux/package.sh build/reproduce/first
taskset 1 packaging/linux/package.sh build/reproduce/second
diff --recursive build/reproduce/first build/reproduce/second
echo "The same, twice:"
cat build/reproduce/first/SHA256SUMS
