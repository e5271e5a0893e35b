#!/bin/sh
# redis.sh: what the tests need of Redis: redis-server, for private servers that the tests start themselves. Where it is missing, on a Debian
# machine, this installs it, as root or with sudo, without letting the package start its service. Elsewhere, or where it cannot be done, it says so
# and fails: a test that is skipped is a test that fails.
set -eu

policy=/usr/sbin/policy-rc.d # Debian asks it whether a package may start its service; 101: it may not

install_redis() (
	command -v apt-get >/dev/null || return 1
	as_root=env
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || return 1
		as_root='sudo -n env'
	fi
	$as_root apt-get update -q || return 1
	if [ ! -e "$policy" ]; then
		trap '$as_root rm -f "$policy"' EXIT
		$as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy" || return 1
	fi
	$as_root DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends redis-server
)

if ! command -v redis-server >/dev/null; then
	echo 'redis: not installed, installing it' >&2
	if ! install_redis >&2 || ! command -v redis-server >/dev/null; then
		echo 'redis: Redis is not installed and could not be: the tests need redis-server in PATH' >&2
		exit 1
	fi
fi
