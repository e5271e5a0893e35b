package acceptance

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
)

// Ports from which tests choose. They stay below the range from which the kernel picks ports of outgoing connections (32768
// and up): otherwise, while a killed server is down, a client's connection attempt could take its port, or even connect to itself.
const firstPort, lastPort = 10000, 30000

// nextPort counts through the ports from a random one on. No port is given twice: a test that looks whether one is free
// would else take it from another test's server that is down for a moment.
var nextPort = func() *atomic.Int64 {
	var n atomic.Int64
	n.Store(rand.Int64N(lastPort - firstPort))
	return &n
}()

// freeAddress finds a loopback address that nobody listens on and that no other test of this process was given.
func freeAddress(t testing.TB) string {
	t.Helper()
	for range 200 {
		addr := fmt.Sprintf("127.0.0.1:%d", firstPort+nextPort.Add(1)%(lastPort-firstPort))
		l, err := net.Listen("tcp", addr)
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return addr
	}
	t.Fatalf("no free port found between %d and %d", firstPort, lastPort)
	return ""
}
