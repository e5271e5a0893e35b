#!/bin/sh
# reach.sh [FLAG…]: measures a server on a private PostgreSQL, by raw gRPC and by the official Go SDK, and prints what was reached beside what must be.
#
# It takes about seven minutes. Flags go to every `tenuto bench`, after its own: `reach.sh --duration 60s --count 1000000` is a longer look. TENUTO names the
# binary (default: bin/tenuto, which `make reach` builds), OUT the directory that keeps the reports.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tenuto=${TENUTO:-$here/../../bin/tenuto}
if [ -z "${POSTGRES_URL:-}" ]; then
	exec "$here/with_postgres.sh" "$0" "$@"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=${OUT:-$work}
mkdir -p "$out"
(cd "$here" && go build -o "$work/" . ./reach)

# bench REPORT FLAG…: one server of its own per report.
bench() {
	report=$out/$1
	shift
	"$tenuto" bench --spawn --postgres "$POSTGRES_URL" --json "$@" >"$report"
}
bench raw.json --driver raw --scenario idle,one-activity,chain,starts --in-flight 50,1 "$@"
bench official.json --driver "$work/load" --scenario one-activity,chain --in-flight 50,1 "$@"
"$work/reach" "$out/raw.json" "$out/official.json"
