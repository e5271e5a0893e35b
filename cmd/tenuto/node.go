package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/cluster"
	"github.com/tenuto-io/tenuto/orchestration/exchange"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/platform/peer"
)

// verbNudge tells another node that something has moved.
const verbNudge = "cluster.nudge"

// mostForwarded bounds the calls of one node that are at work at another. Clients that wait for a result are among them, one call each.
const mostForwarded = 1 << 16

// joining is what a process needs to be a node.
type joining struct {
	config.Peers
	redis string // URL; empty: none
}

// node is this process among those that share its database: who lives and owns what, and the ways to them.
type node struct {
	*cluster.Cluster
	*peer.Peers
	served   chan error // how the answering of other nodes has ended
	exchange *exchange.Exchange
	redis    *sharedPlace // nil without Redis
}

// Others are the other nodes that live.
func (n *node) Others() []orchestration.NodeID { return n.Cluster.Others() }

// lanes is how many commit lanes a node has, with a connection each: one encodes while another waits for its flush.
func lanes() int { return max(1, min(4, runtime.GOMAXPROCS(0)/2)) }

// join makes this process a node. l is where others reach it.
func join(ctx context.Context, db *storage, l net.Listener, want joining, installation string, log *slog.Logger) (_ *node, err error) {
	credentials, err := credentialsOf(want.Peers, log)
	if err != nil {
		return nil, err
	}
	n := &node{served: make(chan error, 1)}
	n.Peers = peer.New(peer.Config{Credentials: credentials, Logger: log, Handlers: mostForwarded})
	go func() { n.served <- n.Serve(l) }()
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Peers.Close(ctx))
		}
	}()
	if want.Advertise != "" { // before anybody who had that address is taken for dead
		if err = n.CheckAdvertised(ctx, want.Advertise); err != nil {
			return nil, err
		}
	}
	address := addressOf(want.Peers, l)
	n.Cluster, err = cluster.Join(ctx, cluster.Config{
		Members: db.members, Store: db.engine, Logger: log, Lanes: lanes(), Announce: n.announce,
		Node: store.NewNode{Address: storedAddress(address), Mark: credentials.Mark(), Version: version()},
	})
	switch {
	case errors.Is(err, store.ErrStranger):
		return nil, fmt.Errorf("cannot use the database %s: another server is using it, and knows this one by no secret: give both the same peer.secret, or stop the other", db.where)
	case err != nil:
		return nil, fmt.Errorf("cannot use the database %s: %w", db.where, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Leave(ctx))
		}
	}()
	if err = n.reachable(address); err != nil {
		return nil, err
	}
	n.Handle(verbNudge, func(context.Context, orchestration.NodeID, []byte) ([]byte, error) {
		n.Nudge()
		return nil, nil
	})
	c := exchange.Config{Peers: n, Self: n.ID(), Owner: n.Owner, Logger: log}
	if want.redis != "" {
		if n.redis, err = openRedis(want.redis, installation, n.ID(), log); err != nil {
			return nil, err
		}
		c.Shared = n.redis
	}
	n.exchange = exchange.New(c)
	return n, nil
}

// addressOf is what others are told to connect to.
func addressOf(p config.Peers, l net.Listener) string {
	if p.Advertise != "" {
		return p.Advertise
	}
	return l.Addr().String()
}

// announce tells every other node that something has moved.
func (n *node) announce() {
	for _, id := range n.Others() {
		n.Cast(id, verbNudge, nil)
	}
}

// leave gives what this node serves away, or sets it free when it is the last. A node that was fenced has nothing left.
func (n *node) leave(ctx context.Context) error {
	err := n.Leave(ctx)
	if errors.Is(err, store.ErrFenced) {
		return nil // said already, as the reason for the stop
	}
	return err
}

// close ends the ways to other nodes. The node has left before.
func (n *node) close(ctx context.Context) error {
	n.exchange.Close()
	err := n.Peers.Close(ctx)
	if n.redis != nil {
		err = errors.Join(err, n.redis.close())
	}
	return err
}

// credentialsOf are what nodes know each other by. With nothing configured no other node can be known.
func credentialsOf(p config.Peers, log *slog.Logger) (*peer.Credentials, error) {
	switch {
	case p.Secret != "":
		return peer.FromSecret([]byte(p.Secret))
	case p.CertFile != "":
		return peer.FromFiles(peer.Files{Cert: p.CertFile, Key: p.KeyFile, CA: p.CAFile}, log)
	}
	return peer.Alone()
}
