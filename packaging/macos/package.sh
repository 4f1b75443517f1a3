#!/usr/bin/env bash
# Signs the frozen "Cancel Desk.app", has Apple notarise it, and puts it on a disk image in dist/.
#
#   package.sh VERSION
#
# For a Mac. The environment says who signs; without it the signature is nobody's, which is enough
# to run the program where it was made:
#   SIGN_IDENTITY   "Developer ID Application: …", in a keychain that is open
#   NOTARY_PROFILE  (in NOTARY_KEYCHAIN, if that is set) what `xcrun notarytool store-credentials` keeps the account under
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
version=$1
app="dist/Cancel Desk.app"
image="dist/cancel-desk-$version-macos-$(uname -m).dmg"
identity=${SIGN_IDENTITY:--}

sign() {
    local options=(--force --sign "$identity")
    # Only a signature that is somebody's can have a time stamp.
    if [ "$identity" != - ]; then
        options+=(--timestamp)
    fi
    codesign "${options[@]}" "$@"
}

notarise() {
    if [ -n "${NOTARY_PROFILE:-}" ]; then
        xcrun notarytool submit "$1" --wait --keychain-profile "$NOTARY_PROFILE" \
            ${NOTARY_KEYCHAIN:+--keychain "$NOTARY_KEYCHAIN"}
    fi
}

# From the inside out: the signature of the whole covers those of its parts.
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
    while IFS= read -r -d '' library; do
        sign --options runtime "$library"
    done
find "$app/Contents/Frameworks" -type d -name '*.framework' -prune -print0 |
    while IFS= read -r -d '' framework; do
        sign --options runtime "$framework"
    done
sign --options runtime --entitlements packaging/macos/entitlements.plist "$app"
codesign --verify --deep --strict --verbose=2 "$app"

if [ -n "${NOTARY_PROFILE:-}" ]; then
    archive=build/notarise.zip
    ditto -c -k --keepParent "$app" "$archive"
    notarise "$archive"
    xcrun stapler staple "$app"
fi

stage=build/disk-image
rm -rf "$stage" "$image"
mkdir -p "$stage"
ditto "$app" "$stage/Cancel Desk.app"
ln -s /Applications "$stage/Applications"
hdiutil create -volname "Cancel Desk" -srcfolder "$stage" -format ULMO -ov "$image"
sign "$image"
notarise "$image"
if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature --verbose "$image"
fi
echo "$image"
