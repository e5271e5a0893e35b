#!/bin/sh
# with_postgres.sh COMMAND…: starts a private PostgreSQL, runs the command with its URL in POSTGRES_URL, and removes everything again.
#
# Settings are those of the reference measurement: shared_buffers 1 GB, max_wal_size 8 GB, statements counted; the rest as shipped, flushed commits
# included. PGBIN says where its programs are (default: the newest that Debian installed), KEEP=dir that the cluster is made there and stays.
set -eu
bin=${PGBIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n | tail -n 1)}
[ -x "$bin/initdb" ] || { echo 'with_postgres.sh: no PostgreSQL: run deploy/ci/postgres.sh, or set PGBIN' >&2; exit 1; }

# PostgreSQL does not run as root: root lends it to the user postgres.
as=
[ "$(id -u)" -ne 0 ] || as='setpriv --reuid=postgres --regid=postgres --init-groups'

dir=${KEEP:-$(mktemp -d /tmp/reach.XXXXXX)}
mkdir -p "$dir"
[ -z "$as" ] || chown postgres:postgres "$dir"
cd "$dir" # which the user postgres may read
end() {
	status=$?
	trap - EXIT
	cd /
	$as "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null 2>&1 || true
	[ -n "${KEEP:-}" ] || rm -rf "$dir"
	exit $status
}
trap end EXIT
trap 'exit 130' INT TERM

if [ ! -d "$dir/data" ]; then
	$as "$bin/initdb" -D "$dir/data" -U tenuto -A trust -E UTF8 --no-instructions >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
fi
preload=
[ ! -e "$bin/../lib/pg_stat_statements.so" ] || preload='-c shared_preload_libraries=pg_stat_statements'
$as "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "-k $dir -c listen_addresses= -c shared_buffers=1GB -c max_wal_size=8GB $preload" start >/dev/null ||
	{ cat "$dir/log" >&2; exit 1; }
export POSTGRES_URL="postgres:///postgres?user=tenuto&sslmode=disable&host=$dir"
cd "$OLDPWD"
"$@"
