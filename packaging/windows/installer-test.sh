#!/usr/bin/env bash
# Compiles the installer for Windows around a stand-in, and installs, upgrades and removes it under
# wine, silently, for all users and for one. Files, registry and shortcuts are looked at each time.
#
# Needs makensis and wine; the icon is drawn with what is in .venv: make installer-test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
export WINEPREFIX=$work/wine WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml=" DISPLAY=
drive=$WINEPREFIX/drive_c
trap 'wineserver --kill 2> /dev/null || true; rm -rf "$work"' EXIT

step() { echo "== $*"; }
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
there() { for path in "$@"; do [ -e "$path" ] || fail "$path is not there"; done; }
gone() { for path in "$@"; do [ ! -e "$path" ] || fail "$path is there"; done; }
# The value of a key of the program's entry under "installed programs", nothing if there is none.
entry() {
    wine reg query "$1\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Cancel Desk" \
        /v "$2" 2> /dev/null | tr -d '\r' | awk -v "name=$2" \
        '$1 == name { sub(/^ *[^ ]+ +REG_[A-Z]+ +/, ""); print }'
}
# An uninstaller goes on in a copy of itself: it is done when its own file is gone.
uninstall() {
    wine "$1/uninstall.exe" "${@:2}" || fail "the uninstaller ended with $?"
    for _ in $(seq 100); do
        [ -e "$1/uninstall.exe" ] || return 0
        sleep 0.1
    done
    fail "the uninstaller has not finished"
}
# What is to be the same before an installation and after a removal.
everything() {
    (cd "$drive" && find . -not -path './windows/temp/*' -not -path '*/Temp/*' | sort)
    wine reg export 'HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall' 'C:\m.reg' /y > /dev/null 2>&1 || true
    wine reg export 'HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall' 'C:\u.reg' /y > /dev/null 2>&1 || true
    cat "$drive"/?.reg 2> /dev/null || true
    rm -f "$drive"/?.reg
}

wineboot --init > /dev/null 2>&1
wineserver --wait

step "Two versions are compiled, with warnings as errors"
.venv/bin/python packaging/icons.py ico "$work/icon.ico"
for version in 1.0.0 1.1.0; do
    payload=$work/payload-$version
    mkdir -p "$payload/_internal/PySide6" "$payload/licences"
    for file in cancel-desk.exe cancel-desk-console.exe _internal/PySide6/both.dll \
        "_internal/only-in-$version.dll" licences/a.txt NOTICE CHANGELOG.md cancel-desk.cdx.json; do
        echo "stand-in of $version" > "$payload/$file"
    done
    # A program that can be kept waiting: the system's own shell.
    cat "$drive/windows/system32/cmd.exe" "$payload/NOTICE" > "$payload/cancel-desk.exe"
    makensis -V2 -WX "-DVERSION=$version" "-DPAYLOAD=$payload" "-DICON=$work/icon.ico" \
        "-DOUTPUT=$work/setup-$version.exe" packaging/windows/cancel-desk.nsi
done
tr -d '\0' < "$work/setup-1.0.0.exe" | grep --text --count 'FileVersion.*1\.0\.0' > /dev/null ||
    fail "there is no version resource"

user=$drive/users/$(id -un)
data=$user/AppData/Local/cancel-desk
mkdir -p "$user/AppData/Local/Programs" # Windows' own, and wine has it not from the start
# So has it this key.
wine reg add 'HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall' /f > /dev/null 2>&1
everything > "$work/before"

for mode in AllUsers CurrentUser; do
    if [ "$mode" = AllUsers ]; then
        hive=HKLM other=HKCU
        folder="$drive/Program Files/Cancel Desk"
        link="$drive/ProgramData/Microsoft/Windows/Start Menu/Programs/Cancel Desk.lnk"
        how=()
    else
        hive=HKCU other=HKLM
        folder="$user/AppData/Local/Programs/Cancel Desk"
        link="$user/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Cancel Desk.lnk"
        how=(/CurrentUser)
    fi

    step "$mode: installed"
    wine "$work/setup-1.0.0.exe" /S "${how[@]}" || fail "the installer ended with $?"
    there "$folder"/{cancel-desk.exe,cancel-desk-console.exe,uninstall.exe,NOTICE,licences/a.txt} \
        "$folder/_internal/only-in-1.0.0.dll" "$link"
    [ "$(entry $hive DisplayVersion)" = 1.0.0 ] || fail "the entry has another version"
    [ -z "$(entry $other DisplayVersion)" ] || fail "there is an entry in $other, too"
    [ "$(entry $hive QuietUninstallString)" = "\"$(winepath -w "$folder")\\uninstall.exe\" /$mode /S" ] ||
        fail "the quiet way to remove it is $(entry $hive QuietUninstallString)"

    step "$mode: not upgraded while it is open"
    mkfifo "$work/waiting"
    wine "$folder/cancel-desk.exe" /c pause < "$work/waiting" > "$work/said" &
    exec 3> "$work/waiting"
    for _ in $(seq 100); do
        [ ! -s "$work/said" ] || break
        sleep 0.1
    done
    code=0
    wine "$work/setup-1.1.0.exe" /S "${how[@]}" || code=$?
    [ "$code" = 2 ] || fail "the installer ended with $code"
    there "$folder/_internal/only-in-1.0.0.dll"
    [ "$(entry $hive DisplayVersion)" = 1.0.0 ] || fail "the entry has the newer version"
    echo >&3
    exec 3>&-
    wait
    rm "$work/waiting"

    step "$mode: upgraded in place"
    mkdir -p "$data"
    echo "the operator's" > "$data/journal.sqlite"
    echo "somebody's" > "$folder/notes.txt"
    wine "$work/setup-1.1.0.exe" /S "${how[@]}" || fail "the installer ended with $?"
    there "$folder/_internal/only-in-1.1.0.dll" "$folder/notes.txt" "$data/journal.sqlite" "$link"
    gone "$folder/_internal/only-in-1.0.0.dll"
    grep -q --text "stand-in of 1.1.0" "$folder/cancel-desk.exe" || fail "the program is the older one"
    [ "$(entry $hive DisplayVersion)" = 1.1.0 ] || fail "the entry has the older version"

    step "$mode: removed, but for the operator's data"
    uninstall "$folder" "/$mode" /S
    there "$data/journal.sqlite" "$folder/notes.txt"
    gone "$folder"/{cancel-desk.exe,cancel-desk-console.exe,_internal,licences,NOTICE} "$link"
    [ -z "$(entry $hive DisplayVersion)" ] || fail "the entry is left"
    rm -r "$folder"

    step "$mode: removed with the operator's data, when asked"
    wine "$work/setup-1.1.0.exe" /S "${how[@]}" || fail "the installer ended with $?"
    uninstall "$folder" "/$mode" /S /DELETEDATA
    gone "$data" "$folder"
    everything > "$work/after"
    diff "$work/before" "$work/after" || fail "something else is left"
done
step "All is well"
