package main

import (
	"fmt"
	"log/slog"

	goredis "github.com/redis/go-redis/v9"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/exchange/redis"
	platformredis "github.com/tenuto-io/tenuto/platform/redis"
)

// sharedPlace is the Redis that this node uses.
type sharedPlace struct {
	*redis.Place
	client goredis.UniversalClient
}

// openRedis begins to use the Redis at url; it need not answer. installation tells this one from others that use the same Redis.
func openRedis(url, installation string, self orchestration.NodeID, log *slog.Logger) (*sharedPlace, error) {
	client, err := platformredis.Open(url)
	if err != nil {
		return nil, fmt.Errorf("cannot use Redis: %w", err)
	}
	return &sharedPlace{client: client, Place: redis.Open(redis.Config{Client: client, Installation: installation, Node: self, Logger: log})}, nil
}

// close ends the use and the connections.
func (s *sharedPlace) close() error {
	s.Close()
	return s.client.Close()
}
