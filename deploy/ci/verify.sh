#!/bin/sh
# verify.sh: what no test sees. Reports everything that is wrong, not only the first thing.
set -u
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# check NAME HINT: fails if standard input is not empty.
check() {
	findings=$(cat)
	if [ -n "$findings" ]; then
		printf '%s\n%s: %s\n\n' "$findings" "$1" "$2" >&2
		failed=1
	fi
}

# On a fresh machine go tells what it downloads, on the stream where the tools below tell what they find.
go mod download || failed=1

# Generated code, compared in a copy, so that a check never changes the tree.
mkdir "$work/console" && cp -R console/view "$work/console/"
(find "$work/console/view" -name '*_templ.go' -delete && go tool templ generate -path "$work/console/view" -log-level error) 2>&1 | check templ 'templ failed'
diff -r console/view "$work/console/view" 2>&1 | check generated 'run make generate'
cp -R proto "$work/" && find "$work/proto" -name '*.pb.go' -delete
(cd deploy/proto && go mod download && go run . "$work/proto") 2>&1 | grep -v '^go: downloading' | check proto 'the protocol files do not compile'
diff -r proto "$work/proto" 2>&1 | check generated 'run make generate'

gofmt -l $(find . -name '*.go' -not -path './.*') | check gofmt 'run gofmt -w on these files'
go mod tidy -diff 2>&1 | grep -v '^go: downloading' | check modules 'run go mod tidy'
go mod verify 2>&1 | grep -v '^all modules verified$' | check modules 'a downloaded module differs from go.sum'
go vet ./... 2>&1 | check vet 'see above'
deploy/ci/staticcheck.sh 2>&1 | check staticcheck 'mend it, or add an exception with its reason to deploy/ci/staticcheck-exceptions.txt'

# The generator of protocol code is a module of its own, and so is the load driver.
(cd deploy/proto && go mod tidy -diff) 2>&1 | grep -v '^go: downloading' | check 'modules of deploy/proto' 'run go mod tidy there'
(cd deploy/proto && go mod verify) 2>&1 | grep -v '^all modules verified$' | check 'modules of deploy/proto' 'a downloaded module differs from go.sum'
(cd deploy/proto && go vet ./...) 2>&1 | check 'vet of deploy/proto' 'see above'
(cd deploy/load && go mod download && go mod tidy -diff) 2>&1 | grep -v '^go: downloading' | check 'modules of deploy/load' 'run go mod tidy there'
(cd deploy/load && go mod verify) 2>&1 | grep -v '^all modules verified$' | check 'modules of deploy/load' 'a downloaded module differs from go.sum'
(cd deploy/load && go vet ./...) 2>&1 | check 'vet of deploy/load' 'see above'

exit $failed
