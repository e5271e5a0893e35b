package acceptance

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// freeAddress finds a loopback address that nobody listens on. It stays below the range from which the kernel picks ports
// of outgoing connections (32768 and up): otherwise, while a killed server is down, a client's connection attempt could
// take its port, or even connect to itself.
func freeAddress(t testing.TB) string {
	t.Helper()
	for range 200 {
		addr := fmt.Sprintf("127.0.0.1:%d", 10000+rand.IntN(20000))
		l, err := net.Listen("tcp", addr)
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return addr
	}
	t.Fatal("no free port found between 10000 and 30000")
	return ""
}
