#!/usr/bin/env bash
# Installs the package from DIST in a fresh minimal Debian 12, and shows that it does the main job.
#
#   package-test.sh [DIST]
#
# Needs root. What the program leaves, its pictures too, is in build/package-test-system/home/op.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dist=${1:-dist}
system=build/package-test-system
packages=("$dist"/cancel-desk_*_amd64.deb)
package=${packages[0]}
builder=build/package-system # with the program's own code, as it was packaged, and room for tools

step() { echo "== $*"; }
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
as() { packaging/linux/enter.sh "$system" "$@"; }
in_builder() { packaging/linux/enter.sh "$builder" root "$@"; }
install() { as root apt-get install --yes --quiet --no-install-recommends "$@" > "$system/apt.log" 2>&1 ||
    fail "$(tail -n 20 "$system/apt.log")"; }

if [ "${#packages[@]}" != 1 ] || [ ! -f "$package" ] || [ ! -d "$builder" ]; then
    fail "one package is needed, and the system it was made in: make package"
fi

step "The package is small enough"
size=$(stat --format=%s "$package")
[ "$size" -le 45000000 ] || fail "it has $size bytes"
unpacked=$(dpkg-deb --field "$package" Installed-Size)
[ "$unpacked" -le 150000 ] || fail "it has $unpacked KB when installed"
echo "$((size / 1000000)) MB, $((unpacked / 1000)) MB when installed"

step "It brings what it needs and no more"
frozen=$(dpkg-deb --contents "$package" | awk '{ print $6 }')
if grep -iE 'qml|quick|pdf|QtNetwork|translations/qt|keyrings\.alt|keyrings_alt' <<< "$frozen"; then
    fail "that is not wanted"
fi
plugins=$(sed -n 's|.*/Qt/plugins/\(.*\.so\)$|\1|p' <<< "$frozen" | sort | tr '\n' ' ')
echo "Qt's plug-ins: $plugins"
grep -q 'keyring-.*dist-info/entry_points.txt' <<< "$frozen" || fail "no keyring can be found by it"

step "Debian's own tools have nothing against it"
in_builder apt-get install --yes --quiet --no-install-recommends \
    appstream desktop-file-utils lintian > "$builder/apt.log" 2>&1 || fail "$(cat "$builder/apt.log")"
rm -rf "$builder/tmp/package"
dpkg-deb --extract "$package" "$builder/tmp/package"
cp "$package" "$builder/tmp/package.deb"
in_builder desktop-file-validate /tmp/package/usr/share/applications/cancel-desk.desktop
in_builder sh -c 'appstreamcli validate --no-net /tmp/package/usr/share/metainfo/*.xml'
in_builder lintian --allow-root --fail-on error,warning /tmp/package.deb

step "An older version is installed, with a file that the new one does not have"
packaging/linux/clean-system.sh "$system"
older=build/package-older
rm -rf "$older"
dpkg-deb --raw-extract "$package" "$older"
sed -i 's/^Version: .*/Version: 0.0.1/' "$older/DEBIAN/control"
touch "$older/usr/lib/cancel-desk/_internal/only-in-the-older-version"
dpkg-deb --root-owner-group -Znone --build "$older" "$system/older.deb" > /dev/null
cp "$package" "$system/newer.deb"
as root apt-get update --quiet > /dev/null
install /older.deb

step "A journal with a run in it lies in an ordinary user's home"
as op sh -c 'mkdir -p -m 700 ~/.local/share/cancel-desk'
data=$system/home/op/.local/share/cancel-desk
# Written by the program's own code, where it was built.
journal=/srv/cancel-desk/packaging/linux/a_journal.py
in_builder /srv/cancel-desk/.venv/bin/python "$journal" write /tmp/journal.sqlite
cp "$builder/tmp/journal.sqlite" "$data/journal.sqlite"
chown --reference="$data" "$data/journal.sqlite"

step "The upgrade replaces every file"
install /newer.deb
[ ! -e "$system/usr/lib/cancel-desk/_internal/only-in-the-older-version" ] ||
    fail "a file of the older version is left"

step "It runs as an ordinary user, without a display"
as op cancel-desk --version
as op cancel-desk --self-check || fail "the self-check found something"
as op cancel-desk --tour tour > "$system/tour.log" 2>&1 || fail "$(cat "$system/tour.log")"
tail -n 1 "$system/tour.log"

step "It knows the page with new versions, if it was built where the project has pages"
homepage=$(dpkg-deb --field "$package" Homepage)
known=$(as op cancel-desk --self-check | grep ' versions: ')
if [ -n "$homepage" ]; then
    grep --fixed-strings "opens $homepage/releases to" <<< "$known" || fail "$known"
else
    grep 'nobody has said' <<< "$known" || fail "$known"
fi

step "It draws on a real X server"
install xvfb xauth
as op sh -c 'QT_QPA_PLATFORM=xcb xvfb-run -a cancel-desk --tour tour-on-x' \
    > "$system/tour.log" 2>&1 || fail "$(cat "$system/tour.log")"
tail -n 1 "$system/tour.log"

step "It keeps a key in a real keyring, for the process after it"
install gnome-keyring dbus-daemon libsecret-tools
cat > "$system/in-a-session.sh" <<'SESSION'
set -eu
printf password | gnome-keyring-daemon --unlock --components=secrets --daemonize > /dev/null
cancel-desk --self-check | grep keyring
key() { secret-tool lookup service "Cancel Desk" username journal | sha256sum; }
for start in first second; do
    timeout --preserve-status 20 xvfb-run -a cancel-desk || true
    eval "$start=\$(key)"
done
[ "$first" = "$second" ] && [ "$first" != "$(printf '' | sha256sum)" ] || {
    echo "the key that the journal is sealed with was not kept" >&2
    exit 1
}
echo "the key that the first start made was read by the second"
SESSION
as op dbus-run-session -- sh /in-a-session.sh 2> "$system/session.log" ||
    fail "$(cat "$system/session.log")"

step "The journal is the same, and can be read"
cp "$data"/journal.sqlite* "$builder/tmp/"
in_builder /srv/cancel-desk/.venv/bin/python "$journal" read /tmp/journal.sqlite ||
    fail "the journal has changed"
compgen -G "$data/*set-aside*" > /dev/null && fail "the journal was set aside"

step "It goes without a trace, but for the operator's data"
dpkg-deb --contents "$package" | awk '{ print $6 }' | sed 's/^\.//' > build/package-files
as root apt-get purge --yes --quiet cancel-desk > /dev/null
while read -r file; do
    case $file in
        */) ;; # a folder may be another package's too
        *) [ ! -e "$system$file" ] || fail "$file is left" ;;
    esac
done < build/package-files
left=$(find "$system" -xdev -iname '*cancel*desk*' -not -path '*/home/op/*')
[ -z "$left" ] || fail "left: $left"
[ -f "$data/journal.sqlite" ] || fail "the operator's journal is gone"
echo "left in the home: $(cd "$system/home/op" && find .local -type f | tr '\n' ' ')"
step "All is well"
