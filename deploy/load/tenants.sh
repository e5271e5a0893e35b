#!/bin/sh
# tenants.sh: measures whether looking up keys and namespaces, the pages of the console's lists, and the start of a node grow with how many tenants there are,
# each with 5 API keys and 10 namespaces: BenchmarkManyTenants on SQLite in memory and on a private PostgreSQL, and a server that starts on the latter.
#
# TENANTS (default '10 1000 10000') are the sizes. Filling PostgreSQL does not wait for the disk, and neither do the changes that are measured there. TENUTO names the
# binary (default: bin/tenuto, which `make tenants` builds).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tenuto=${TENUTO:-$here/../../bin/tenuto}

bench() { (cd "$here/../.." && go test -run '^$' -bench ManyTenants -benchtime "${BENCHTIME:-0.3s}" -timeout 30m ./tenants -args "$@") | grep '^Benchmark'; }

# start starts a server on the database, and says when it served and what it takes then.
start() {
	work=$(mktemp -d)
	port=$((20000 + $$ % 10000))
	began=$(date +%s%N)
	TENUTO_POSTGRES_URL=$POSTGRES_URL TENUTO_AUTH=keys "$tenuto" server --grpc "127.0.0.1:$port" --console "127.0.0.1:$((port + 1))" \
		--peer "127.0.0.1:$((port + 2))" --log-level warn >"$work/out" 2>"$work/log" &
	server=$!
	trap 'kill $server; wait $server || true; rm -rf "$work"' EXIT
	until grep -q '^Stop with' "$work/out"; do
		kill -0 $server || { cat "$work/log" >&2; exit 1; }
		sleep 0.01
	done
	served=$(date +%s%N)
	echo "server, $1 tenants: served after $(((served - began) / 1000000)) ms, $(awk '/^VmRSS/ { printf "%.1f MB", $2 / 1000 }' /proc/$server/status) resident"
}

if [ $# -eq 1 ]; then # one size, with a PostgreSQL of its own
	TENUTO_POSTGRES_URL=$POSTGRES_URL "$tenuto" migrate >/dev/null
	bench -tenants "$1" -postgres "$POSTGRES_URL&synchronous_commit=off"
	start "$1"
	exit
fi
sizes=${TENANTS:-10 1000 10000}
echo '== SQLite'
bench -tenants "$(echo "$sizes" | tr ' ' ,)"
echo '== PostgreSQL'
for size in $sizes; do
	"$here/with_postgres.sh" "$0" "$size"
done
