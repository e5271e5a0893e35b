package redis

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// parameter applies the value of one of a URL's parameters.
type parameter struct {
	sentinel bool // makes sense with Sentinels only
	secret   bool // is not shown
	apply    func(o *goredis.UniversalOptions, value string) error
}

var parameters = map[string]parameter{
	"master":            {sentinel: true, apply: text(func(o *goredis.UniversalOptions) *string { return &o.MasterName })},
	"sentinel_username": {sentinel: true, apply: text(func(o *goredis.UniversalOptions) *string { return &o.SentinelUsername })},
	"sentinel_password": {sentinel: true, secret: true, apply: text(func(o *goredis.UniversalOptions) *string { return &o.SentinelPassword })},
	"dial_timeout":      {apply: duration(func(o *goredis.UniversalOptions) *time.Duration { return &o.DialTimeout })},
	"read_timeout":      {apply: duration(func(o *goredis.UniversalOptions) *time.Duration { return &o.ReadTimeout })},
	"write_timeout":     {apply: duration(func(o *goredis.UniversalOptions) *time.Duration { return &o.WriteTimeout })},
	"pool_size":         {apply: poolSize},
	"skip_verify":       {apply: skipVerify},
}

// text is a parameter that is taken as it is.
func text(field func(*goredis.UniversalOptions) *string) func(*goredis.UniversalOptions, string) error {
	return func(o *goredis.UniversalOptions, value string) error {
		*field(o) = value
		return nil
	}
}

// longest bounds the timeouts: a client fails fast.
const longest = time.Minute

// duration is a parameter that is a span of time.
func duration(field func(*goredis.UniversalOptions) *time.Duration) func(*goredis.UniversalOptions, string) error {
	return func(o *goredis.UniversalOptions, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 || d > longest {
			return fmt.Errorf("a time like 500ms or 2s, up to %s", longest)
		}
		*field(o) = d
		return nil
	}
}

func poolSize(o *goredis.UniversalOptions, value string) error {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil || n < 1 || n > 1000 {
		return errors.New("a number from 1 to 1000")
	}
	o.PoolSize = int(n)
	return nil
}

func skipVerify(o *goredis.UniversalOptions, value string) error {
	skip, err := strconv.ParseBool(value)
	if err != nil {
		return errors.New("true or false")
	}
	if o.TLSConfig != nil {
		o.TLSConfig.InsecureSkipVerify = skip
	}
	return nil
}

// parseParameters reads what is behind the question mark. Names that are not known are not quoted: they may be the rest of a password.
func parseParameters(query string, f form) (url.Values, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, errOdd
	}
	for name, given := range values {
		p, known := parameters[name]
		switch {
		case !known:
			return nil, errors.New("the URL has an unknown parameter, or a special character in its password that is not percent-encoded")
		case p.sentinel && !f.sentinel:
			return nil, fmt.Errorf("the parameter %s is for URLs of Sentinels", name)
		case len(given) > 1:
			return nil, fmt.Errorf("the parameter %s is there more than once", name)
		}
	}
	if f.sentinel && values.Get("master") == "" {
		return nil, errors.New("the URL of Sentinels names no master: redis+sentinel://HOST:PORT,HOST:PORT?master=NAME")
	}
	return values, nil
}
