#!/bin/sh
# postgres.sh: what the tests need of PostgreSQL: its programs, for private servers that the tests start themselves. Where they are missing, on
# a Debian machine, this installs them, as root or with sudo, without letting the package create or start a cluster. Elsewhere, or where it cannot
# be done, it says so and fails: a test that is skipped is a test that fails.
set -eu

have_postgres() {
	command -v postgres >/dev/null && [ -x "$(dirname "$(readlink -f "$(command -v postgres)")")/initdb" ] && return
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

install_postgres() {
	command -v apt-get >/dev/null || return 1
	as_root=env
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || return 1
		as_root='sudo -n env'
	fi
	{
		$as_root apt-get update -q &&
			$as_root DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql-common &&
			$as_root sh -c 'mkdir -p /etc/postgresql-common/createcluster.d && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/tenuto.conf' &&
			$as_root DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql
	} >&2
}

if ! have_postgres; then
	echo 'postgres: not installed, installing it' >&2
	if ! install_postgres || ! have_postgres; then
		echo 'postgres: PostgreSQL is not installed and could not be: the tests need initdb and postgres, in PATH or in /usr/lib/postgresql' >&2
		exit 1
	fi
fi
