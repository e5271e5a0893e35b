package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"

	"github.com/tenuto-io/tenuto/orchestration"
)

// A loopback address reaches another process on every machine, so nodes that share a database must not take each other's for the same: such an address is
// stored with the name of its machine, HOST:PORT@MACHINE.

// storedAddress is how others find the node that is reached at address from this machine.
func storedAddress(address string) string {
	if !loopback(address) {
		return address
	}
	return address + "@" + machine()
}

// reach is how a stored address is reached from this machine. ok is false for a loopback address of another one.
func reach(stored string) (address string, ok bool) {
	address, where, local := strings.Cut(stored, "@")
	return address, !local || where == machine()
}

// machine is the name of this machine. One that has none shares its loopback addresses with no other nameless one that anybody knows of.
func machine() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return name
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// Address is where another node is reached from here.
func (n *node) Address(id orchestration.NodeID) (string, bool) {
	stored, ok := n.Cluster.Address(id)
	if !ok {
		return "", false
	}
	return reach(stored)
}

// reachable refuses an installation whose nodes could not reach each other: one of them has told an address that only its own machine knows.
func (n *node) reachable(own string) error {
	for _, id := range n.Others() {
		theirs, ok := n.Cluster.Address(id)
		if !ok {
			continue
		}
		if address, ok := reach(theirs); !ok {
			return fmt.Errorf("node %d of this database is at %s of another machine, where nobody else reaches it: start it with --peer or --advertise and an address that this machine reaches", id, address)
		}
		if loopback(own) && !strings.Contains(theirs, "@") {
			return fmt.Errorf("node %d of this database is at %s and would not reach %s, an address that only this machine knows: set --peer or --advertise to one that others reach", id, theirs, own)
		}
	}
	return nil
}
