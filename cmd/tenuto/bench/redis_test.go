package bench

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

const info = "# Stats\r\ntotal_commands_processed:%d\r\n# CPU\r\nused_cpu_sys:1.5\r\nused_cpu_user:%d.25\r\nused_cpu_sys_children:9\r\n# Memory\r\nused_memory:4096\r\n"

// fakeRedis answers INFO with counters that grow at each asking, as a Redis of an older protocol does.
func fakeRedis(t *testing.T) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	go func() {
		for asked := 1; ; {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			for in := bufio.NewScanner(conn); in.Scan(); {
				switch strings.ToUpper(in.Text()) {
				case "INFO":
					body := fmt.Sprintf(info, 100*asked, asked)
					_, _ = fmt.Fprintf(conn, "$%d\r\n%s\r\n", len(body), body)
					asked++
				case "HELLO":
					_, _ = fmt.Fprint(conn, "-ERR unknown command\r\n")
				case "CLIENT":
					_, _ = fmt.Fprint(conn, "+OK\r\n")
				}
			}
			_ = conn.Close()
		}
	}()
	return "redis://" + l.Addr().String()
}

func TestRedisMeter(t *testing.T) {
	m, err := newRedisMeter(fakeRedis(t))
	must(t, err)
	defer m.close()
	before, err := m.read(t.Context())
	must(t, err)
	if before != (redisCounters{commands: 100, cpu: 2750 * time.Millisecond, memory: 4096}) {
		t.Errorf("%+v", before)
	}
	after, err := m.read(t.Context())
	must(t, err)
	if c := redisCost(before, after, 50); *c != (RedisCost{Commands: 2, CPU: 20, Memory: 4096}) {
		t.Errorf("%+v", c)
	}
}

func TestInfoOfAnotherForm(t *testing.T) {
	for _, bad := range []string{"used_memory:many", "used_cpu_sys:", "total_commands_processed:1.5"} {
		if c, err := parseInfo(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, c)
		}
	}
}

func TestMeasureWithRedis(t *testing.T) {
	r, _ := results(t, "--address", newFakeServer().serve(t), "--redis", fakeRedis(t), "--scenario", "starts", "--count", "10", "--in-flight", "1")
	if c := r.Results[0].Redis; c == nil || c.Commands != 10 || c.Memory != 4096 {
		t.Errorf("%+v", c)
	}
}
