#!/bin/sh
# flat.sh [PART…]: measures whether what a workflow costs grows with what a database holds. Every part has a private PostgreSQL of its own.
#
#	runs        a one-activity workflow with 1,000 runs in the database, and with 1,000,000 (RUNS=n)
#	namespaces  the same, spread over 1, 100 and 5,000 namespaces
#	queues      the same, on 10,000 task queues
#	backlog     500,000 workflows that are started before anybody polls (BACKLOG=n): memory, and how they drain
#
# Without a name all parts run, in half an hour or so. TENUTO names the binary (default: bin/tenuto, which `make flat` builds).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export TENUTO="${TENUTO:-$here/../../bin/tenuto}"

# part NAME: in a database of its own, on which POSTGRES_URL is set.
part() {
	case $1 in
	runs-*)
		fill --runs "${1#runs-}"
		bench --scenario one-activity --in-flight 50 --count 12000 --warm-up 500
		;;
	namespaces-*)
		fill --runs 10000 --namespaces "${1#namespaces-}"
		bench --scenario namespaces --in-flight 50 --count 15000 --warm-up 500
		;;
	queues) bench --scenario queues --in-flight 50 --count 30000 --duration 2m ;;
	backlog) bench --scenario backlog --in-flight 50 --count "${BACKLOG:-500000}" --duration 30m --timeout 1h ;;
	*) echo "flat.sh: no part is called $1" >&2 && exit 2 ;;
	esac
}

fill() {
	TENUTO_POSTGRES_URL=$POSTGRES_URL "$TENUTO" migrate
	"$TENUTO" bench fill --postgres "$POSTGRES_URL" "$@"
} >/dev/null 2>&1

bench() { "$TENUTO" bench --spawn --postgres "$POSTGRES_URL" "$@" 2>/dev/null; }

if [ -n "${FLAT_PART:-}" ]; then
	part "$FLAT_PART"
	exit
fi
[ $# -gt 0 ] || set -- runs namespaces queues backlog
for name; do
	case $name in
	runs) parts="runs-1000 runs-${RUNS:-1000000}" ;;
	namespaces) parts='namespaces-1 namespaces-100 namespaces-5000' ;;
	*) parts=$name ;;
	esac
	for p in $parts; do
		echo "== $p"
		FLAT_PART=$p "$here/with_postgres.sh" "$0"
	done
done
