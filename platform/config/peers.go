package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// Redis says which Redis to use, if any.
type Redis struct {
	// URL is the Redis through which nodes share waiting tasks and rate limits, redis://USER:PASSWORD@HOST:PORT/DB; rediss:// for TLS; redis+sentinel:// and
	// redis+cluster:// with several hosts. It holds nothing that cannot be lost. Without it, nodes ask each other. Default: none. Limit: Redis 6.2 or later.
	URL string
	// URLFile is a file that holds redis.url and nothing else. It is read once, at start. Default: none. Limit: 64 KiB.
	URLFile string
}

// Peers says how the nodes of an installation find and trust each other.
type Peers struct {
	// Advertise is the address by which other nodes reach this one, HOST:PORT, if it is not the one that it listens on. Default: none: peer.address is what they
	// connect to; it must be set where that is an address of every interface. Limit: an address that reaches this node from itself, too; it is tried at start.
	Advertise string
	// Secret is what the nodes of an installation know each other by, the same on all of them; openssl rand -hex 32 makes one. Connections between nodes are
	// encrypted with keys that are derived from it. Default: none: no other node can join. Limit: at least 16 bytes.
	Secret string
	// SecretFile is a file that holds peer.secret and nothing else. It is read once, at start. Default: none. Limit: 64 KiB.
	SecretFile string
	// CertFile is the PEM file of this node's certificate for connections between nodes, instead of peer.secret. It is for both ends: client and server. Default: none.
	// Limit: needs peer.key_file and peer.ca_file.
	CertFile string
	// KeyFile is the PEM file of that certificate's private key. Default: none. Limit: needs peer.cert_file and peer.ca_file.
	KeyFile string
	// CAFile is the PEM file of the authority that signs the certificates of nodes, and of nodes only: whoever has such a certificate is a node. Default: none.
	// Limit: needs peer.cert_file and peer.key_file.
	CAFile string
}

// MinPeerSecret is the least length of Peers.Secret, in bytes.
const MinPeerSecret = 16

// Known tells whether this node shares something with others that it can know them by.
func (p Peers) Known() bool { return p.Secret != "" || p.CertFile != "" }

// peerProblems are what cannot work of the nodes' addresses and secrets.
func (s Server) peerProblems() (all []error) {
	p := s.Peers
	if p.Advertise != "" {
		if err := address(s.name(keyAdvertise), p.Advertise); err != nil {
			all = append(all, err)
		}
	}
	if host, _, err := net.SplitHostPort(s.Peer); p.Advertise == "" && err == nil && isEverywhere(host) {
		all = append(all, fmt.Errorf("%s is not set, and %s %s is no address that others could connect to: set it to one that reaches this node",
			s.name(keyAdvertise), s.name(keyPeer), s.Peer))
	}
	if p.Secret != "" && len(p.Secret) < MinPeerSecret {
		all = append(all, fmt.Errorf("%s: it has %d bytes and needs at least %d: openssl rand -hex 32 makes one", s.secretName(keyPeerSecret, p.SecretFile), len(p.Secret), MinPeerSecret))
	}
	files := 0
	for _, f := range []string{p.CertFile, p.KeyFile, p.CAFile} {
		if f != "" {
			files++
		}
	}
	switch {
	case files > 0 && files < 3:
		all = append(all, errors.New("peer.cert_file, peer.key_file and peer.ca_file belong together: set all three or none"))
	case files == 3 && p.Secret != "":
		all = append(all, errors.New("peer.secret and peer.cert_file are both set: nodes know each other by one of them"))
	}
	return all
}

// Advertised is the address by which other nodes reach this one, as far as it is known before listening: with port 0 the port is not.
func (s Server) Advertised() string {
	if s.Peers.Advertise != "" {
		return s.Peers.Advertise
	}
	return s.Peer
}

// isEverywhere tells whether a host stands for every interface of a machine.
func isEverywhere(host string) bool {
	if host == "" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsUnspecified()
}
