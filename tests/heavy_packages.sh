#!/bin/sh
# Debian packages that the heavy tests need. What is missing is installed; what cannot be installed is a failure.
set -eu
if command -v chromium >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then exit 0; fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
$as_root apt-get update -q
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -q -y --no-install-recommends chromium fonts-dejavu-core postgresql
