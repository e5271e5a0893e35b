#!/bin/sh
# guard.sh [FLAG…]: measures what it costs to ask callers who they are, whether they may, and how much: one-activity workflows on a server that asks nobody, on one
# that wants an API key and on one that wants a token, both with every quota set (and never used up) and the audit log at its usual level.
#
# ROUNDS (default 7) of the three after one another, each on a private PostgreSQL of its own, two and a half minutes each. RATE (default 200) is workflows per second. Flags
# go to every `tenuto bench`. TENUTO names the binary (default: bin/tenuto, which `make guard` builds), OUT the directory that keeps the reports.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tenuto=${TENUTO:-$here/../../bin/tenuto}
rounds=${ROUNDS:-7}
work=$(mktemp -d)
out=${OUT:-$work}
mkdir -p "$out"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
(cd "$here" && go build -o "$work/" ./rounds)

case_of() {
	report=$out/$round-$1.json
	auth=$2
	shift 2
	"$here/with_postgres.sh" sh -c '"$@" --postgres "$POSTGRES_URL" --json 2>/dev/null' - \
		"$tenuto" bench --spawn --auth "$auth" --scenario one-activity --in-flight 50 --rate "${RATE:-200}" --duration 30s --warm-up 500 "$@" >"$report"
}
round=1
while [ "$round" -le "$rounds" ]; do
	echo "round $round of $rounds" >&2
	case_of 'nobody asked' off "$@"
	case_of 'API key' keys "$@"
	case_of 'token' jwt "$@"
	round=$((round + 1))
done
"$work/rounds" -of servers "$out" "$rounds" 'nobody asked' 'API key' 'token'
