#!/bin/sh
# noisy.sh [FLAG…]: measures what a tenant notices of another one that starts ten times as much as its quota lets it: one-activity workflows in one namespace, alone
# and beside the noise, on one server with a private PostgreSQL.
#
# ROUNDS (default 7) of both after one another, a minute each. RATE (default 50) is workflows per second, QUOTA (default 30) the noisy tenant's starts per second. Flags
# go to every `tenuto bench`. TENUTO names the binary (default: bin/tenuto, which `make noisy` builds), OUT the directory that keeps the reports.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tenuto=${TENUTO:-$here/../../bin/tenuto}
if [ -z "${POSTGRES_URL:-}" ]; then
	exec "$here/with_postgres.sh" "$0" "$@"
fi
rounds=${ROUNDS:-7}
quota=${QUOTA:-30}
work=$(mktemp -d)
out=${OUT:-$work}
mkdir -p "$out"
(cd "$here" && go build -o "$work/" ./rounds)

port=$((20000 + $$ % 10000))
export TENUTO_POSTGRES_URL="$POSTGRES_URL" TENUTO_AUTH=off TENUTO_ADDRESS=127.0.0.1:$port
"$tenuto" migrate >/dev/null
"$tenuto" server --grpc "127.0.0.1:$port" --console "127.0.0.1:$((port + 1))" --peer "127.0.0.1:$((port + 2))" --log-level warn >"$work/log" 2>&1 &
server=$!
trap 'kill $server; wait $server || true; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
for _ in 1 2 3 4 5 6 7 8 9 10; do
	! "$tenuto" tenant create loud >/dev/null 2>"$work/why" || break
	sleep 1
done
"$tenuto" namespace create noise --tenant loud >/dev/null || { cat "$work/why" "$work/log" >&2; exit 1; }
"$tenuto" quota set noise.loud --starts "$quota" --requests "$((quota * 2))" >/dev/null

case_of() {
	report=$out/$round-$1.json
	shift
	"$tenuto" bench --address "127.0.0.1:$port" --postgres "$POSTGRES_URL" --process server=$server --json --scenario one-activity --in-flight 50 \
		--rate "${RATE:-50}" --duration 25s --warm-up 200 "$@" >"$report" 2>/dev/null
}
round=1
while [ "$round" -le "$rounds" ]; do
	echo "round $round of $rounds" >&2
	case_of 'alone' "$@"
	case_of 'beside ten times a quota' --noise noise.loud --noise-rate "$((quota * 10))" "$@"
	round=$((round + 1))
done
"$work/rounds" -of p99 "$out" "$rounds" 'alone' 'beside ten times a quota'
