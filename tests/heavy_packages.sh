#!/bin/sh
# What the heavy tests need: Debian's packages, and a Milvus server. What is missing is installed; what cannot be
# installed is a failure.
set -eu
# The last package that holds a whole server. Into a folder of its own: its pins would clash with ours.
milvus=.cache/milvus-2.3.5
[ -d $milvus/milvus ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --target $milvus milvus==2.3.5
if command -v chromium >/dev/null && command -v strace >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then exit 0; fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
$as_root apt-get update -q
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -q -y --no-install-recommends chromium fonts-dejavu-core postgresql strace
