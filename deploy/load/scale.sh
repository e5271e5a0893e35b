#!/bin/sh
# scale.sh [FLAG…]: measures what several nodes cost: one-activity workflows on one node and on three, at the same rate, on a private PostgreSQL each time.
#
#	even    calls and polls at all nodes in turn
#	apart   calls to the first node, polls to the others: every task crosses
#
# In each case without and with a Redis. It takes about four minutes. RATE (default 200) is workflows per second; RATE=0 is as many as 50 in flight let through, which on
# a machine of two cores measures the machine. Flags go to every `tenuto bench`. TENUTO names the binary (default: bin/tenuto, which `make scale` builds).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tenuto=${TENUTO:-$here/../../bin/tenuto}
port=$((20000 + $$ % 10000))
redis-server --port $port --save '' --appendonly no >/dev/null &
redis=$!
trap 'kill $redis' EXIT
trap 'exit 130' INT TERM

case_of() {
	name=$1
	shift
	echo "== $name"
	"$here/with_postgres.sh" sh -c '"$@" --postgres "$POSTGRES_URL" 2>/dev/null' - "$tenuto" bench --spawn "$@"
}
load="--scenario one-activity --in-flight 50 --rate ${RATE:-200} --duration 30s --warm-up 500"
shared="--redis redis://127.0.0.1:$port"
# shellcheck disable=SC2086 # the words are flags
{
	case_of 'one node' $load "$@"
	case_of 'three nodes, even' --nodes 3 $load "$@"
	case_of 'three nodes, even, Redis' --nodes 3 $shared $load "$@"
	case_of 'three nodes, apart' --nodes 3 --spread apart $load "$@"
	case_of 'three nodes, apart, Redis' --nodes 3 --spread apart $shared $load "$@"
}
