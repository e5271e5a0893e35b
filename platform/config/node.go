package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// DefaultNamespace is the namespace that is always there.
const DefaultNamespace = "default"

// Node is what every command that serves can be told.
type Node struct {
	// GRPC is the address that SDKs connect to, HOST:PORT; port 0 takes a free one. Default: 127.0.0.1:7233. Limit: an address of this
	// machine; with auth off, whoever reaches it may use the server.
	GRPC string
	// Console is the address of the web console, HOST:PORT; port 0 takes a free one. Default: 127.0.0.1:8233. Limit: a loopback host, unless people sign in by
	// identity providers (signin.providers_file); then the console speaks TLS with tls.cert_file, and without it needs a proxy that does.
	Console string
	// Peer is the address that other nodes connect to, HOST:PORT; port 0 takes a free one. Nodes prove to each other who they are; nobody else is answered.
	// Default: 127.0.0.1:7234. Limit: an address of this machine.
	Peer string
	// LogLevel is the least level that is logged. Default: info. Limit: debug, info, warn or error.
	LogLevel string
	// LogFormat is how log lines look on standard error. Default: text. Limit: text or json.
	LogFormat string
}

func defaultNode() Node {
	return Node{GRPC: "127.0.0.1:7233", Console: "127.0.0.1:8233", Peer: "127.0.0.1:7234", LogLevel: "info", LogFormat: "text"}
}

// levels are the words of LogLevel.
var levels = map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}

// Level is LogLevel as a level; of a word that Validate refuses, info.
func (n Node) Level() slog.Level { return levels[n.LogLevel] }

// problems are the values that cannot work, one sentence each. name says what the operator called the value of a key: a flag, a variable,
// a line of a file. signIn tells that the console lets in people who have signed in, wherever they are.
func (n Node) problems(name func(key string) string, signIn bool) (all []error) {
	add := func(err error) {
		if err != nil {
			all = append(all, err)
		}
	}
	add(address(name(keyGRPC), n.GRPC))
	console := address(name(keyConsole), n.Console)
	add(console)
	if host, _, _ := net.SplitHostPort(n.Console); console == nil && !signIn && !isLoopback(host) {
		add(fmt.Errorf("%s %s is not an address of this machine alone: use 127.0.0.1, [::1] or localhost", name(keyConsole), n.Console))
	}
	add(address(name(keyPeer), n.Peer))
	add(n.distinct(name))
	if _, ok := levels[n.LogLevel]; !ok {
		add(fmt.Errorf("%s %q: it is debug, info, warn or error", name(keyLogLevel), n.LogLevel))
	}
	if n.LogFormat != "text" && n.LogFormat != "json" {
		add(fmt.Errorf("%s %q: it is text or json", name(keyLogFormat), n.LogFormat))
	}
	return all
}

// distinct refuses one address for two uses.
func (n Node) distinct(name func(key string) string) error {
	used := map[string]string{}
	for _, a := range []struct{ key, addr string }{{keyGRPC, n.GRPC}, {keyConsole, n.Console}, {keyPeer, n.Peer}} {
		if first, twice := used[a.addr]; twice && address("", a.addr) == nil && !strings.HasSuffix(a.addr, ":0") {
			return fmt.Errorf("%s and %s are both %s: they need two addresses", name(first), name(a.key), a.addr)
		}
		used[a.addr] = a.key
	}
	return nil
}

func address(name, value string) error {
	_, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%s %q: it is HOST:PORT with a port up to 65535, for example 127.0.0.1:7233", name, value)
	}
	return nil
}

// OnlyThisMachine tells whether nobody outside this machine reaches the address of SDKs.
func (n Node) OnlyThisMachine() bool {
	host, _, err := net.SplitHostPort(n.GRPC)
	return err == nil && isLoopback(host)
}

// isLoopback accepts the name localhost and literal addresses; other names could point anywhere tomorrow.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
