package main

import (
	"fmt"
	"log/slog"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/exchange/redis"
	platformredis "github.com/tenuto-io/tenuto/platform/redis"
)

// openRedis begins to use the Redis at url; it need not answer. installation tells this one from others that use the same Redis.
func openRedis(url, installation string, self orchestration.NodeID, log *slog.Logger) (*redis.Shared, error) {
	client, err := platformredis.Open(url)
	if err != nil {
		return nil, fmt.Errorf("cannot use Redis: %w", err)
	}
	return redis.Open(redis.Config{Client: client, Prefix: "tenuto:" + installation + ":", Self: self, Logger: log}), nil
}
