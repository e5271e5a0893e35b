#!/bin/sh
# chromium.sh: prints the program of Chromium, for tests that a browser runs, and installs Debian's where there is none.
set -eu
for name in chromium chromium-browser google-chrome; do
	if command -v "$name"; then exit; fi
done
echo 'chromium is not installed: installing it' >&2
as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
{ $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium; } >&2
command -v chromium
