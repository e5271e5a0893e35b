#!/bin/sh
# packages.sh plain|raced PATTERN…: the packages that match the patterns, or all others. Patterns without a package are fine.
set -eu
which=$1
shift
plain=$(go list -e -f '{{if .GoFiles}}{{.ImportPath}}{{else if .XTestGoFiles}}{{.ImportPath}}{{else if .TestGoFiles}}{{.ImportPath}}{{end}}' "$@" 2>/dev/null)
case $which in
# acceptance has a target of its own
plain) echo "$plain" | grep -v '/acceptance' ;;
raced) go list ./... | grep -vxF "$plain" ;;
esac
