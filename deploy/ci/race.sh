#!/bin/sh
# race.sh: the flag that turns the race detector on. It needs a C compiler; on a Debian machine that has none, this installs gcc, as root or
# with sudo. Where that cannot be done the tests still run, without the detector, and this says so. TENUTO_RACE=required fails instead.
set -eu

install_gcc() {
	command -v apt-get >/dev/null || return 1
	as_root=env
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || return 1
		as_root='sudo -n env'
	fi
	{
		$as_root apt-get update -q &&
			$as_root DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends gcc libc6-dev
	} >&2
}

have_cc() { command -v "${CC:-gcc}" >/dev/null && echo 'int main(void){return 0;}' | "${CC:-gcc}" -x c -o /dev/null - 2>/dev/null; }

if have_cc || { echo 'race: no C compiler, installing gcc' >&2 && install_gcc && have_cc; }; then
	echo -race
elif [ "${TENUTO_RACE:-}" = required ]; then
	echo 'race: no C compiler, and it could not be installed' >&2
	exit 1
else
	echo 'race: no C compiler, and it could not be installed: THE RACE DETECTOR IS OFF' >&2
fi
