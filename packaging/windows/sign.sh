#!/usr/bin/env bash
# Signs a file for Windows where it lies; leaves it as it is where nobody signs.
#
#   sign.sh FILE
#
# SIGN_CERTIFICATE is a PKCS #12 file, SIGN_PASSWORD_FILE has its password, TIMESTAMP_URL is the
# service that says when (without it a signature ends with its certificate). Needs osslsigncode.
set -euo pipefail
file=$1

if [ -z "${SIGN_CERTIFICATE:-}" ]; then
    echo "Not signed: $file" >&2
    exit 0
fi
osslsigncode sign -pkcs12 "$SIGN_CERTIFICATE" -readpass "$SIGN_PASSWORD_FILE" \
    -n "Cancel Desk" -h sha256 ${TIMESTAMP_URL:+-ts "$TIMESTAMP_URL"} \
    -in "$file" -out "$file.signed"
mv "$file.signed" "$file"
