#!/bin/sh
# scale.sh [FLAG…]: measures what several nodes cost: one-activity workflows on one node and on three, at the same rate, on a private PostgreSQL each time.
#
#	even    calls and polls at all nodes in turn
#	apart   calls to the first node, polls to the others: every task crosses
#
# In each case without and with a Redis, in ROUNDS (default 3) one after another, about four minutes each. RATE (default 200) is workflows per second; RATE=0 is as many
# as 50 in flight let through, which on a machine of two cores measures the machine. DRIVER is raw (default) or official, the worker and starter on the official SDK.
# Flags go to every `tenuto bench`. TENUTO names the binary (default: bin/tenuto, which `make scale` builds), OUT the directory that keeps the reports.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tenuto=${TENUTO:-$here/../../bin/tenuto}
rounds=${ROUNDS:-3}
port=$((20000 + $$ % 10000))
work=$(mktemp -d)
out=${OUT:-$work}
mkdir -p "$out"
redis-server --port $port --save '' --appendonly no >/dev/null &
redis=$!
trap 'kill $redis; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
(cd "$here" && go build -o "$work/" . ./rounds)
driver=raw
[ "${DRIVER:-raw}" = raw ] || driver=$work/load

case_of() {
	report=$out/$round-$1.json
	shift
	"$here/with_postgres.sh" sh -c '"$@" --postgres "$POSTGRES_URL" --json 2>/dev/null' - "$tenuto" bench --spawn "$@" >"$report"
}
load="--scenario one-activity --driver $driver --in-flight 50 --rate ${RATE:-200} --duration 30s --warm-up 500"
shared="--redis redis://127.0.0.1:$port"
round=1
while [ "$round" -le "$rounds" ]; do
	echo "round $round of $rounds" >&2
	# shellcheck disable=SC2086 # the words are flags
	{
		case_of 'one node' $load "$@"
		case_of 'three nodes, even' --nodes 3 $load "$@"
		case_of 'three nodes, even, Redis' --nodes 3 $shared $load "$@"
		case_of 'three nodes, apart' --nodes 3 --spread apart $load "$@"
		case_of 'three nodes, apart, Redis' --nodes 3 --spread apart $shared $load "$@"
	}
	round=$((round + 1))
done
"$work/rounds" -of total "$out" "$rounds" 'one node' 'three nodes, even' 'three nodes, even, Redis' 'three nodes, apart' 'three nodes, apart, Redis'
