#!/usr/bin/env bash
# Runs a command with a keychain of its own, which holds what signs and notarises and is gone after.
#
#   keychain.sh COMMAND [ARGUMENT...]
#
# Takes from the environment CERTIFICATE (PKCS #12 in base64) with CERTIFICATE_PASSWORD, and
# NOTARY_ACCOUNT, NOTARY_TEAM and NOTARY_PASSWORD; without a certificate it only runs the command.
set -euo pipefail

if [ -z "${CERTIFICATE:-}" ]; then
    unset SIGN_IDENTITY
    exec "$@"
fi

folder=$(mktemp -d)
keychain=$folder/signing.keychain-db
trap 'security delete-keychain "$keychain"; rm -rf "$folder"' EXIT
password=$(uuidgen)

security create-keychain -p "$password" "$keychain"
security set-keychain-settings -lut 3600 "$keychain"
security unlock-keychain -p "$password" "$keychain"
printf %s "$CERTIFICATE" | base64 --decode > "$folder/certificate.p12"
security import "$folder/certificate.p12" -k "$keychain" -P "$CERTIFICATE_PASSWORD" \
    -T /usr/bin/codesign > /dev/null
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" > /dev/null
security list-keychains -d user -s "$keychain" login.keychain-db

if [ -n "${NOTARY_ACCOUNT:-}" ]; then
    xcrun notarytool store-credentials cancel-desk --keychain "$keychain" \
        --apple-id "$NOTARY_ACCOUNT" --team-id "$NOTARY_TEAM" --password "$NOTARY_PASSWORD"
    export NOTARY_PROFILE=cancel-desk NOTARY_KEYCHAIN=$keychain
fi
unset CERTIFICATE CERTIFICATE_PASSWORD NOTARY_PASSWORD
"$@"
