#!/bin/sh
# retention.sh: measures what it costs to have closed runs leave, and whether the room that they had is used again.
#
#	RUNS=n      closed runs whose retention is over when the server starts (default 1,000,000)
#	SECONDS_=n  how many seconds it deletes them before the server is stopped (default 300)
#
# It then fills in as many new runs as have left: tables and indexes should not grow. It has a private PostgreSQL of its own.
# TENUTO names the binary (default: bin/tenuto).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export TENUTO="${TENUTO:-$here/../../bin/tenuto}"
[ -n "${RETENTION_PART:-}" ] || RETENTION_PART=1 exec "$here/with_postgres.sh" "$0"

ask() { psql "$POSTGRES_URL" -At -F ' ' -c "$1"; }
left() { ask 'SELECT count(*) FROM visibility'; }

# sizes: MB of each table with its indexes, and rows that vacuum has not removed yet.
sizes() {
	echo "$1: $(left) runs, log $(ask "SELECT pg_size_pretty(pg_current_wal_lsn() - '0/0'::pg_lsn)"), database CPU $(cpu) s"
	ask "SELECT format('  %-12s %6s MB table %6s MB indexes %9s dead rows, vacuumed %s times', relname, pg_table_size(relid) >> 20, pg_indexes_size(relid) >> 20,
		n_dead_tup, autovacuum_count) FROM pg_stat_user_tables
		WHERE relname IN ('run', 'history', 'current_run', 'visibility', 'wake', 'item', 'debris') ORDER BY pg_total_relation_size(relid) DESC"
}

# cpu is what all of the database's processes have used, in seconds.
cpu() {
	main=$(ask 'SELECT pg_backend_pid()' >/dev/null && ask "SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)")
	awk -v hz="$(getconf CLK_TCK)" '{ t += $14 + $15 + $16 + $17 } END { printf "%.0f", t / hz }' "/proc/$main/stat" $(pgrep -P "$main" | sed 's|.*|/proc/&/stat|') 2>/dev/null || true
}

# The last ten days' retention is seven: all of them are due.
fill() { "$TENUTO" bench fill --postgres "$POSTGRES_URL" --open 0 "$@" >/dev/null 2>&1; }

export TENUTO_POSTGRES_URL="$POSTGRES_URL" TENUTO_AUTH=off
"$TENUTO" migrate >/dev/null
fill --runs "${RUNS:-1000000}" --age 240h
ask 'VACUUM ANALYZE' >/dev/null
sizes 'before'
"$TENUTO" server --grpc 127.0.0.1:0 --console 127.0.0.1:0 --peer 127.0.0.1:0 >/dev/null 2>/tmp/retention.$$.log &
server=$!
trap 'kill $server 2>/dev/null; rm -f /tmp/retention.$$.log' EXIT
before=$(left)
for _ in $(seq $((${SECONDS_:-300} / 30))); do
	sleep 30
	now=$(left)
	echo "  $now left: $(((before - now) / 30)) a second, server CPU $(awk -v hz="$(getconf CLK_TCK)" '{ printf "%.1f", ($14 + $15) / hz }' /proc/$server/stat) s, $(awk '/VmRSS/ { printf "%d", $2 / 1024 }' /proc/$server/status) MB"
	before=$now
done
kill $server
wait $server || true
gone=$((${RUNS:-1000000} - $(left)))
sizes "after $gone have left"
sleep 70 # for autovacuum to come by
sizes 'a minute later'
fill --runs "$gone"
sizes "with $gone new ones"
