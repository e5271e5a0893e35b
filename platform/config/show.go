package config

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/tenuto-io/tenuto/platform/redis"
)

// Show writes the effective configuration: every key, its value with secrets hidden, and where it comes from.
func (s Server) Show(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, k := range Keys {
		value := *k.at(&s)
		if k.Secret && value != "" {
			value = k.redacted(value)
		}
		if value == "" {
			value = "-"
		}
		from, ok := s.from[k.Name]
		if !ok {
			from = "default"
		}
		for _, secret := range secrets {
			if file := *s.value(secret.file); secret.direct == k.Name && file != "" {
				from = file
			}
		}
		if _, err := fmt.Fprintf(table, "%s\t%s\t(%s)\n", k.Name, value, strings.TrimSuffix(from, ": "+k.Name)); err != nil {
			return err
		}
	}
	return table.Flush()
}

// redacted is the value of a secret as it may be shown: a URL without its password, of anything else nothing.
func (k Key) redacted(value string) string {
	switch k.Name {
	case keyPostgresURL:
		return RedactURL(value)
	case keyRedisURL:
		return redis.Redact(value)
	}
	return hidden
}

// Reference writes the page about every key, in Markdown.
func Reference(w io.Writer) error {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, k := range Keys {
		fmt.Fprintf(&b, "\n## %s\n\nIt is %s\n\n| | |\n| --- | --- |\n", k.Name, k.Meaning)
		rows := [][2]string{{"environment", "`" + k.Env() + "`"}, {"flag", ""}, {"form", k.Unit}, {"default", k.Default}, {"limit", k.Limit}}
		if k.Flag != "" {
			rows[1][1] = "`" + k.Flag + "`"
		}
		for _, r := range rows {
			if r[1] != "" {
				fmt.Fprintf(&b, "| %s | %s |\n", r[0], r[1])
			}
		}
		if k.Secret {
			b.WriteString("\nA secret: no log, error or `tenuto config check` shows it.\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const referenceHead = `# Configuration of tenuto server

<!-- made by: tenuto config docs -->

A value comes from a flag, else from the environment, else from the YAML file that ` + "`--config` or `" + FileVariable + "`" + ` names, else it is the default. An
empty variable counts as not set. The file is read strictly: a key that does not exist is refused, with its line. ` + "`tenuto config check`" + `
shows what is in effect and where it comes from, or everything that is wrong. Changes count from the next start.

` + "```yaml" + `
postgres:
  url_file: /run/secrets/tenuto-postgres # postgres://tenuto:…@db.example:5432/tenuto?sslmode=verify-full
grpc: 0.0.0.0:7233
auth: keys
tls:
  cert_file: /etc/tenuto/server.pem
  key_file: /etc/tenuto/server.key
log:
  format: json
` + "```" + `

To begin: ` + "`tenuto migrate`" + ` brings the database up to date, and is run again after each update of the binary, before the servers are started;
it may run while others run it. Then ` + "`tenuto server`" + `.

**Several nodes** share a database and its work: start more of them with the same ` + "`postgres.url`" + ` and the same ` + "`peer.secret`" + `, each with a ` + "`peer.address`" + ` that the
others reach. Nothing else is to be said: they find each other in the database, share the workflows out among them, and take over from one that dies within
about ten seconds. SDKs may connect to any of them. A node that is stopped with SIGTERM hands its workflows over first. Without ` + "`peer.secret`" + ` (or certificates)
a node is alone: a second one waits until the first one's lease has run out, and is refused if it does not. ` + "`redis.url`" + ` has to be the same on all nodes, or set on none.

**Who may call.** With ` + "`auth: keys`" + ` every call of an SDK needs an API key, and has to be permitted ([who may call what](permissions.md)). The first key is made in the
database itself: ` + "`tenuto key create --break-glass`" + ` prints one that may do everything. ` + "`auth.jwt.issuers`" + ` lets in the bearers of your identity provider's tokens too. Health
and GetSystemInfo need no credential. Keys and tokens travel as they are, so use them with ` + "`tls.cert_file`" + `, or behind something that ends TLS on the same machine.

**Who may sign in.** People enter the console by OpenID Connect providers once ` + "`signin.providers_file`" + ` names a file of them; every provider has
` + "`https://CONSOLE/signin/NAME/return`" + ` as redirect URI and ` + "`https://CONSOLE/signin?out`" + ` as the one after logout; one that
tells of logouts by itself (back-channel logout, with the session's id if it asks) does so at ` + "`https://CONSOLE/signin/NAME/logout`" + `. The groups that a provider lists are mapped to groups of
tenants; nobody has any right by signing in alone. The first administrator is named in the file, or follows the link that the server prints for half an hour
while there is none. The console then answers everywhere, by the name in ` + "`signin.url`" + ` only; in front of a proxy that ends TLS, the proxy keeps the Host header.

` + "```yaml" + `
providers:
  - name: corp
    title: Corporate login
    issuer: https://login.example.com
    client_id: tenuto
    client_secret_file: /run/secrets/corp
    scopes: [profile, email, offline_access] # the default; without a refresh token a session lasts an hour
    groups_claim: groups # the default; realm_access.roles is a claim within another
bootstrap:
  admins:
    - {provider: corp, subject: 248289761001} # the sub of the provider's tokens, not an address
` + "```" + `

**Without sign-in.** ` + "`auth: off`" + ` lets everybody who reaches the address of SDKs do everything: keep it on the loopback interface or on a network that you
trust. Without providers the console stays on the loopback interface (reach it from elsewhere with ` + "`ssh -L 8233:127.0.0.1:8233`" + `), and asks for a one-time link,
which the server prints on standard output: whoever may read that within 30 minutes may sign in, once.

**PostgreSQL** 14 or later. A pooler between server and database must pool sessions, not transactions. A node has two connections for commits
and a pool for reads: at most ` + "`pool_max_conns`" + `, a parameter of the URL, by default 4 or the number of processors if that is
more. It turns ` + "`synchronous_commit`" + ` on for its own sessions whatever the database says, and refuses to run where something forces it off, because a
step that was acknowledged could be lost; ` + "`fsync=off`" + ` is your own risk, and gets a warning at each start.
`
