package bench

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// redisMeter reads INFO of a Redis, on a connection of its own.
type redisMeter struct{ client *redis.Client }

// redisCounters are counters since Redis has started.
type redisCounters struct {
	commands int64
	cpu      time.Duration
	memory   int64 // bytes in use now
}

// newRedisMeter connects to redis://[[USER]:PASSWORD@]HOST:PORT, or rediss:// for TLS.
func newRedisMeter(address string) (*redisMeter, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("--redis: %w", err)
	}
	options.PoolSize, options.ClientName = 1, "tenuto-bench"
	return &redisMeter{redis.NewClient(options)}, nil
}

func (m *redisMeter) close() { _ = m.client.Close() } // nothing is in flight

func (m *redisMeter) read(ctx context.Context) (redisCounters, error) {
	info, err := m.client.Info(ctx, "stats", "cpu", "memory").Result()
	if err != nil {
		return redisCounters{}, fmt.Errorf("redis: %w", err)
	}
	return parseInfo(info)
}

// parseInfo reads an answer to INFO.
func parseInfo(info string) (c redisCounters, err error) {
	var cpu float64
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "total_commands_processed":
			c.commands, err = strconv.ParseInt(value, 10, 64)
		case "used_memory":
			c.memory, err = strconv.ParseInt(value, 10, 64)
		case "used_cpu_sys", "used_cpu_user":
			var seconds float64
			seconds, err = strconv.ParseFloat(value, 64)
			cpu += seconds
		}
		if err != nil {
			return c, fmt.Errorf("redis: INFO %s: %w", name, err)
		}
	}
	c.cpu = time.Duration(cpu * float64(time.Second))
	return c, nil
}

// RedisCost is what a Redis spent per unit.
type RedisCost struct {
	Commands float64 `json:"commands"`
	CPU      float64 `json:"cpu_ms"`
	Memory   int64   `json:"memory_bytes"` // in use after the load, not per unit
}

func redisCost(before, after redisCounters, units float64) *RedisCost {
	return &RedisCost{
		Commands: float64(after.commands-before.commands) / units, CPU: milliseconds(after.cpu-before.cpu) / units, Memory: after.memory,
	}
}
