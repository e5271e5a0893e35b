package redis_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/tenuto-io/tenuto/platform/importrules"
	"github.com/tenuto-io/tenuto/platform/redis"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"github.com/tenuto-io/tenuto/orchestration/...": "the process opens things for rooms that it does not know",
	})
}

// open opens a client that connects to nothing.
func open(t *testing.T, url string) goredis.UniversalClient {
	t.Helper()
	c, err := redis.Open(url)
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestOpenOneServer(t *testing.T) {
	for url, want := range map[string]string{
		"redis://cache":                            "cache:6379 user= password= db=0 tls=false dial=1s read=1s write=1s pool=10",
		"redis://cache:7000/":                      "cache:7000 user= password= db=0 tls=false dial=1s read=1s write=1s pool=10",
		"redis://:pass@10.0.0.1/3":                 "10.0.0.1:6379 user= password=pass db=3 tls=false dial=1s read=1s write=1s pool=10",
		"redis://ann:p%40%2Fs%3As@[::1]:7000":      "[::1]:7000 user=ann password=p@/s:s db=0 tls=false dial=1s read=1s write=1s pool=10",
		"rediss://[2001:db8::1]":                   "[2001:db8::1]:6379 user= password= db=0 tls=true dial=1s read=1s write=1s pool=10",
		"redis://h?dial_timeout=2s&pool_size=4":    "h:6379 user= password= db=0 tls=false dial=2s read=1s write=1s pool=4",
		"redis://h/1?read_timeout=50ms":            "h:6379 user= password= db=1 tls=false dial=1s read=50ms write=1s pool=10",
		"rediss://h?skip_verify=true":              "h:6379 user= password= db=0 tls=unverified dial=1s read=1s write=1s pool=10",
		"redis://h?skip_verify=1&write_timeout=1m": "h:6379 user= password= db=0 tls=false dial=1s read=1s write=1m0s pool=10",
	} {
		c, ok := open(t, url).(*goredis.Client)
		if !ok {
			t.Errorf("%s: not a client of one server", url)
			continue
		}
		o := c.Options()
		tls := fmt.Sprint(o.TLSConfig != nil)
		if o.TLSConfig != nil && o.TLSConfig.InsecureSkipVerify {
			tls = "unverified"
		}
		got := fmt.Sprintf("%s user=%s password=%s db=%d tls=%s dial=%s read=%s write=%s pool=%d",
			o.Addr, o.Username, o.Password, o.DB, tls, o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolSize)
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", url, got, want)
		}
	}
}

func TestOpenCluster(t *testing.T) {
	c, ok := open(t, "rediss+cluster://ann:pw@a:7000,b,[::1]:7002?pool_size=3").(*goredis.ClusterClient)
	if !ok {
		t.Fatal("not a client of a Cluster")
	}
	o := c.Options()
	if got := fmt.Sprintf("%v %s %s %d", o.Addrs, o.Username, o.Password, o.PoolSize); got != "[a:7000 b:6379 [::1]:7002] ann pw 3" {
		t.Error(got)
	}
	if o.TLSConfig == nil || o.TLSConfig.ServerName != "" {
		t.Errorf("TLS %+v: each server is verified for its own name", o.TLSConfig)
	}
	if _, ok := open(t, "redis+cluster://one").(*goredis.ClusterClient); !ok {
		t.Error("a Cluster that is named by one server is none")
	}
}

// A URL that is wrong is refused in words that hold no part of it.
func TestRefused(t *testing.T) {
	for url, says := range map[string]string{
		"":                                       "it is a URL",
		"s3cret":                                 "it is a URL",
		"localhost:6379":                         "it is a URL",
		"http://:s3cret@h":                       "it is a URL",
		"redis+other://:s3cret@h":                "it is a URL",
		"redis:///3":                             "hosts are",
		"redis://:s3cret@h:0":                    "hosts are",
		"redis://:s3cret@h:99999":                "hosts are",
		"redis://:s3cret@h:port":                 "hosts are",
		"redis://:s3cret@[h]":                    "hosts are",
		"redis://:s3cret@::1":                    "hosts are",
		"redis://:s3cret@-h":                     "hosts are",
		"redis://:s3cret@a,b":                    "hosts are",
		"redis+cluster://:s3cret@a,,b":           "hosts are",
		"redis://:s3cret/@h":                     "percent-encoded",
		"redis://:s3cret?@h":                     "percent-encoded",
		"redis://:s3cret#@h":                     "percent-encoded",
		"redis://:s3cret@@h":                     "percent-encoded",
		"redis://:s3cret%@h":                     "percent-encoded",
		"redis://:s3cret%zz@h":                   "percent-encoded",
		"redis://:s3cret:s3cret@h":               "percent-encoded",
		"redis://:s3\ncret@h":                    "percent-encoded",
		"redis://h?s3cret=1":                     "unknown parameter",
		"redis://h?%zz=s3cret":                   "percent-encoded",
		"redis://h/s3cret":                       "the database",
		"redis://h/-1":                           "the database",
		"redis+cluster://h/1":                    "no databases",
		"redis+sentinel://:s3cret@h":             "names no master",
		"redis+sentinel://h?master=":             "names no master",
		"redis://h?master=s3cret":                "Sentinels",
		"redis://h?sentinel_password=s3cret":     "Sentinels",
		"redis://h?pool_size=s3cret":             "pool_size of the URL is a number",
		"redis://h?pool_size=0":                  "pool_size of the URL is a number",
		"redis://h?read_timeout=s3cret":          "read_timeout of the URL is a time",
		"redis://h?read_timeout=-1s":             "read_timeout of the URL is a time",
		"redis://h?dial_timeout=1h":              "dial_timeout of the URL is a time",
		"redis://h?skip_verify=s3cret":           "true or false",
		"redis://h?pool_size=1&pool_size=s3cret": "more than once",
	} {
		err := redis.Check(url)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "s3") {
			t.Errorf("%q: %v; want something that says %q", url, err, says)
		}
		if c, opened := redis.Open(url); opened == nil || opened.Error() != err.Error() || c != nil {
			t.Errorf("%q: Open says %v, Check %v", url, opened, err)
		}
	}
}

func TestRedact(t *testing.T) {
	for url, want := range map[string]string{
		"redis://h":                       "redis://h:6379",
		"rediss://ann:s3cret@h:1/2":       "rediss://ann:xxxxx@h:1/2",
		"redis://:s3cret@[::1]":           "redis://:xxxxx@[::1]:6379",
		"redis://ann@h?read_timeout=2s":   "redis://ann@h:6379?read_timeout=2s",
		"redis+cluster://:s3cret@a:1,b:2": "redis+cluster://:xxxxx@a:1,b:2",
		"redis+sentinel://:s3cret@a,b?master=m&sentinel_password=s3cret&sentinel_username=sam": "redis+sentinel://:xxxxx@a:26379,b:26379" +
			"?master=m&sentinel_password=xxxxx&sentinel_username=sam",
		"no URL s3cret":             "xxxxx",
		"redis://:s3cret/@h":        "xxxxx",
		"redis://h?password=s3cret": "xxxxx",
	} {
		if got := redis.Redact(url); got != want {
			t.Errorf("%s is shown as %s, want %s", url, got, want)
		}
	}
}

// What fails is not tried again, and what the library says about it goes where only those who look see it.
func TestFailsFast(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var calls atomic.Int64
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			calls.Add(1)
			_ = c.Close()
		}
	}()
	c := open(t, "redis://:s3cret@"+l.Addr().String())
	began := time.Now()
	if err := c.Ping(t.Context()).Err(); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("a server that hangs up: %v", err)
	}
	if n := calls.Load(); n != 1 {
		t.Errorf("it was called %d times", n)
	}
	_ = l.Close()
	if err := c.Ping(t.Context()).Err(); err == nil {
		t.Error("no server answers")
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("that took %v", d)
	}
	if log.Len() > 0 {
		t.Errorf("the log says %s", log.String())
	}
}
