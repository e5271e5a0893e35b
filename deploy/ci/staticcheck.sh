#!/bin/sh
# staticcheck.sh: all checks of staticcheck, the stylistic ones too, less the exceptions. An exception that excuses nothing is a finding.
set -u
cd "$(dirname "$0")/../.."
exceptions=deploy/ci/staticcheck-exceptions.txt
patterns=$(grep -v -e '^#' -e '^$' "$exceptions")
tool=$(go tool -n staticcheck) || exit 0 # which has said why
findings=$("$tool" -checks all ./... 2>&1; cd deploy/load && "$tool" -checks all ./... 2>&1 | sed 's|^\([^: ]*\.go:\)|deploy/load/\1|')
printf '%s\n' "$findings" | grep -Ev "$patterns" | grep .
printf '%s\n' "$patterns" | while IFS= read -r p; do
	printf '%s\n' "$findings" | grep -Eq "$p" || echo "$exceptions: nothing matches: $p"
done
exit 0
