package redis

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	defaultTimeout = time.Second
	defaultPool    = 10
)

// Open makes a client of the Redis that the URL names. It connects to nothing yet: it fails only if the URL is not of a form that the package's
// documentation names. The error does not quote it. Whoever opens a client closes it.
func Open(text string) (goredis.UniversalClient, error) {
	o, err := options(text)
	if err != nil {
		return nil, err
	}
	quiet()
	if o.MasterName != "" {
		return goredis.NewFailoverClient(o.Failover()), nil
	}
	if o.IsClusterMode {
		return goredis.NewClusterClient(o.Cluster()), nil
	}
	return goredis.NewClient(o.Simple()), nil
}

// Check tells whether Open would take the URL, in words for whoever wrote it, without quoting it.
func Check(text string) error {
	_, err := options(text)
	return err
}

func options(text string) (*goredis.UniversalOptions, error) {
	t, err := parse(text)
	if err != nil {
		return nil, err
	}
	o := &goredis.UniversalOptions{
		Addrs: t.addrs, DB: t.database, Username: t.user, Password: t.password, IsClusterMode: t.form.cluster,
		MaxRetries: -1, DialerRetries: 1, // go-redis reads 0 as its own defaults, several of each
		MaxRedirects: 1, // what a Cluster's server answers with that names another one is no failure
		DialTimeout:  defaultTimeout, ReadTimeout: defaultTimeout, WriteTimeout: defaultTimeout, PoolTimeout: defaultTimeout, ContextTimeoutEnabled: true,
		PoolSize: defaultPool, PipelinePoolSize: -1, // pipelines are what we send: one pool, with buffers of the ordinary size
		DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled, // of one vendor's service; without it a connection costs a round trip less
		},
	}
	if t.form.tls {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12} // no name: it is the one that each server was dialled by
	}
	for name, values := range t.params {
		if err := parameters[name].apply(o, values[0]); err != nil {
			return nil, fmt.Errorf("the parameter %s of the URL is %w", name, err)
		}
	}
	return o, nil
}

// hidden stands for what is not shown.
const hidden = "xxxxx"

// Redact is the URL as it may be shown: without passwords. Of what is no URL, nothing is shown.
func Redact(text string) string {
	t, err := parse(text)
	if err != nil {
		return hidden
	}
	u := url.URL{Scheme: t.scheme, Host: strings.Join(t.addrs, ",")}
	if t.password != "" {
		u.User = url.UserPassword(t.user, hidden)
	} else if t.user != "" {
		u.User = url.User(t.user)
	}
	if t.database != 0 {
		u.Path = fmt.Sprintf("/%d", t.database)
	}
	for name := range t.params {
		if parameters[name].secret {
			t.params.Set(name, hidden)
		}
	}
	u.RawQuery = t.params.Encode()
	return u.String()
}

// quiet has the library's messages, which repeat what calls return as errors, logged where nobody sees them unless they look.
var quiet = sync.OnceFunc(func() { goredis.SetLogger(library{}) })

type library struct{}

// Printf implements the library's logger.
func (library) Printf(ctx context.Context, format string, args ...any) {
	slog.DebugContext(ctx, "redis", "message", fmt.Sprintf(format, args...))
}
