#!/bin/sh
# npm.sh SUITE: what the package.json of a directory needs, for tests, as its lock file says. It is kept below /var/tmp, by the lock file's sum.
# Prints the program of Node and the directory with node_modules. Suites want Node 20.3 or newer, and Debian's may be older: another one comes from npm, too.
set -eu
suite=$(cd "$1" && pwd)
dir=/var/tmp/tenuto-npm-$(id -u)/$(sha256sum "$suite/package-lock.json" | cut -c1-16)

if ! command -v npm >/dev/null; then
	echo 'npm is not installed: installing it' >&2
	as_root=
	[ "$(id -u)" -eq 0 ] || as_root=sudo
	{ $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends npm; } >&2
fi
if [ ! -e "$dir/complete" ]; then
	mkdir -p "$dir"
	(
		flock 9
		[ -e "$dir/complete" ] && exit
		cp "$suite/package.json" "$suite/package-lock.json" "$dir/"
		cd "$dir"
		# Not "ci", which wants the lock file to name the builds for other systems, too. No script of a package runs: the native core comes built.
		npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error >&2
		if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 3) ? 0 : 1)'; then
			case $(uname -m) in aarch64) arch=arm64 ;; *) arch=x64 ;; esac
			mkdir -p node
			(cd node && npm pack --silent "node-linux-$arch@22" >/dev/null && tar -xzf ./*.tgz && rm ./*.tgz)
		fi
		touch complete
	) 9>"$dir/lock"
fi
node=$dir/node/package/bin/node
[ -x "$node" ] || node=$(command -v node)
echo "$node $dir"
