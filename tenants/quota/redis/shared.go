package redis

import (
	"context"
	_ "embed" // the script
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/tenuto-io/tenuto/tenants/quota"
)

//go:embed take.lua
var takeLua string

var take = goredis.NewScript(takeLua)

// layout is the version of keys and values.
const layout = "1"

// Shared is the buckets of one installation. It is safe for concurrent use.
type Shared struct {
	client goredis.UniversalClient
	prefix string
	log    *slog.Logger
	down   atomic.Bool // as was last logged
}

var _ quota.Shared = (*Shared)(nil)

// New makes it on a client that its caller closes. installation tells this one from others that use the same Redis.
func New(client goredis.UniversalClient, installation string, log *slog.Logger) *Shared {
	return &Shared{client: client, prefix: "tenuto:" + url.QueryEscape(installation) + ":quota:" + layout + ":", log: log}
}

// Take implements quota.Shared. It says once that Redis cannot be used, and once that it can be again.
func (s *Shared) Take(ctx context.Context, b quota.Bucket, c quota.Class, want int) (granted int, wait time.Duration, err error) {
	key := s.prefix + b.Namespace.String() + ":" + strconv.Itoa(int(b.Kind))
	empty, most := b.Tolerance(quota.Early)+b.Interval(), b.Tolerance(quota.Late)+b.Interval()
	answer, err := take.Run(ctx, s.client, []string{key}, micros(b.Interval()), micros(b.Tolerance(c)), micros(empty), micros(most), want).Int64Slice()
	if err == nil && len(answer) != 2 {
		err = fmt.Errorf("quota: Redis answered %d numbers", len(answer))
	}
	if err != nil {
		if !s.down.Swap(true) {
			s.log.Warn("quotas are not shared for now; each node grants an equal part", "error", err)
		}
		return 0, 0, err
	}
	if s.down.Swap(false) {
		s.log.Info("quotas are shared again")
	}
	return int(answer[0]), time.Duration(answer[1]) * time.Microsecond, nil
}

func micros(d time.Duration) string { return strconv.FormatFloat(float64(d)/1e3, 'f', 3, 64) }
