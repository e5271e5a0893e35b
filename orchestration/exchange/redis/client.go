package redis

import (
	"errors"
	"net/url"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// How long anything may take: whoever waits for longer is better served by the other nodes directly.
const (
	connectTime = time.Second
	answerTime  = time.Second
)

// Dial prepares a client; nothing is connected yet. The URL is redis://USER:PASSWORD@HOST:PORT/DB, or rediss:// for TLS; with more addresses,
// &addr=HOST:PORT for each, it is a Cluster, and with &master_name=NAME the addresses are those of Sentinels. Other parameters are go-redis's.
// Errors: a URL that cannot be read, which is not quoted.
func Dial(text string) (goredis.UniversalClient, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errURL
	}
	switch query := u.Query(); {
	case query.Has("master_name"):
		o, err := goredis.ParseFailoverURL(text)
		if err != nil {
			return nil, errURL
		}
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.MaxRetries, o.ContextTimeoutEnabled = connectTime, answerTime, answerTime, -1, true
		return goredis.NewFailoverClient(o), nil
	case query.Has("addr"):
		o, err := goredis.ParseClusterURL(text)
		if err != nil {
			return nil, errURL
		}
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.MaxRetries, o.ContextTimeoutEnabled = connectTime, answerTime, answerTime, -1, true
		return goredis.NewClusterClient(o), nil
	}
	o, err := goredis.ParseURL(text)
	if err != nil {
		return nil, errURL
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.MaxRetries, o.ContextTimeoutEnabled = connectTime, answerTime, answerTime, -1, true
	return goredis.NewClient(o), nil
}

var errURL = errors.New("redis: the URL cannot be used: redis://USER:PASSWORD@HOST:PORT/DB, with special characters percent-encoded")
