#!/usr/bin/env bash
# Makes the installer for Windows from the program that was frozen there, and signs both.
#
#   package.sh VERSION FOLDER
#
# FOLDER has the frozen program in cancel-desk, and its icon, cancel-desk.ico. For Debian 12 with nsis, whose makensis makes 64-bit installers, and
# with osslsigncode where there is something to sign with: sign.sh says what the environment tells.
set -euo pipefail
version=$1
folder=$(cd "$2" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
installer=$PWD/dist/cancel-desk-$version-windows-x86_64-setup.exe

for program in "$folder"/cancel-desk/*.exe; do
    packaging/windows/sign.sh "$program"
done
makensis -V2 -WX "-DVERSION=$version" "-DPAYLOAD=$folder/cancel-desk" \
    "-DICON=$folder/cancel-desk.ico" "-DOUTPUT=$installer" "-DSIGN=$PWD/packaging/windows/sign.sh" \
    packaging/windows/cancel-desk.nsi
echo "$installer"
