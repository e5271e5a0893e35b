package main

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/quota"
	quotaredis "github.com/tenuto-io/tenuto/tenants/quota/redis"
)

// verbPolling tells another node how many polls wait here, by namespace.
const verbPolling = "quota.polling"

// tellPollingEvery is how often nodes tell each other.
const tellPollingEvery = time.Second

// quotaOf is the configured default.
func quotaOf(c config.Quota) tenants.Quota {
	return tenants.Quota{
		Requests: c.Number(c.Requests), Starts: c.Number(c.Starts), Pollers: c.Number(c.Pollers), OpenRuns: c.Number(c.OpenRuns), Retained: c.Number(c.Retained),
	}
}

// openQuotas makes the limiter of the namespaces' quotas.
func (s *server) openQuotas() *quota.Limiter {
	c := quota.Config{Default: s.want.quota, Stock: func(ctx context.Context, ns orchestration.NamespaceID) (quota.Stock, error) {
		held, err := s.storage.engine.Stock(ctx, ns)
		return quota.Stock{OpenRuns: held.OpenRuns, RetainedBytes: held.RetainedBytes}, err
	}}
	if s.node == nil {
		return quota.New(c)
	}
	c.Nodes = func() int { return 1 + len(s.node.Others()) }
	if r := s.node.redis; r != nil {
		c.Shared = quotaredis.New(r.client, s.clusterID, s.log)
	}
	l := quota.New(c)
	s.node.Handle(verbPolling, func(_ context.Context, from orchestration.NodeID, body []byte) ([]byte, error) {
		l.Heard(from, decodePolling(body))
		return nil, nil
	})
	s.tellPolling(l)
	return l
}

// tellPolling has the other nodes told until the server closes.
func (s *server) tellPolling(l *quota.Limiter) {
	ctx, stop := context.WithCancel(context.Background())
	var telling sync.WaitGroup
	telling.Go(func() {
		tick := time.NewTicker(tellPollingEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			if polling := l.Polling(); len(polling) > 0 {
				body := encodePolling(polling)
				for _, other := range s.node.Others() {
					s.node.Cast(other, verbPolling, body)
				}
			}
		}
	})
	s.atClose("quotas", func(context.Context) error {
		stop()
		telling.Wait()
		return nil
	})
}

// pollingEntry is the size in bytes of one namespace's number: its id and a 32-bit number, big-endian.
const pollingEntry = 16 + 4

func encodePolling(polling map[orchestration.NamespaceID]int64) []byte {
	out := make([]byte, 0, len(polling)*pollingEntry)
	for ns, n := range polling {
		out = append(out, ns[:]...)
		out = binary.BigEndian.AppendUint32(out, uint32(n))
	}
	return out
}

func decodePolling(body []byte) map[orchestration.NamespaceID]int64 {
	out := make(map[orchestration.NamespaceID]int64, len(body)/pollingEntry)
	for ; len(body) >= pollingEntry; body = body[pollingEntry:] {
		out[orchestration.NamespaceID(body[:16])] = int64(binary.BigEndian.Uint32(body[16:]))
	}
	return out
}
