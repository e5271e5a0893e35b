package acceptance

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The soak: two nodes, Redis and PostgreSQL under load for a long time, with a transaction that keeps the database from cleaning up for a third of it.
// `make soak` runs it in full:
//
//	go test ./cmd/tenuto/acceptance -run TestSoak -soak 30m -timeout 60m -v
var soakTime = flag.Duration("soak", 20*time.Second, "soak test: how long")

// soakSample is what was seen at one moment.
type soakSample struct {
	at         time.Duration
	resident   []int64 // of each node, in bytes
	goroutines []int64
	dead       int64 // tuples, in all tables
	live       int64
	xmin       bool // held
}

func TestSoak(t *testing.T) {
	database, url := privateCluster(t)
	_ = database
	redis := newRedis(t)
	f := describeFleet(t, 2, t.TempDir(), url, "TENUTO_REDIS_URL="+redis.url, "TENUTO_LOG_LEVEL=debug")
	for _, s := range f.nodes {
		s.args = nil // the level comes from the environment
	}
	f.start(t)
	binary, err := buildServer()
	if err != nil {
		t.Fatal(err)
	}
	load := spawn(t, "bench", filepath.Join(t.TempDir(), "bench.log"), nil, binary, "bench", "--address", f.front.address,
		"--scenario", "one-activity", "--in-flight", "20", "--rate", "60", "--count", "100000000", "--duration", "0", "--timeout", "24h")
	begun := time.Now()
	var samples []soakSample
	holder := holdXmin(t, url)
	every := max(*soakTime/30, 2*time.Second)
	for time.Since(begun) < *soakTime {
		holder.during(t, time.Since(begun), *soakTime)
		<-time.After(every)
		if !load.running() {
			t.Fatalf("the load ended: %v\n%s", load.err, tail(load.output()))
		}
		samples = append(samples, takeSample(t, f, url, time.Since(begun), holder.held()))
	}
	holder.release(t)
	load.kill()
	fmt.Print(soakTable(samples))
	checkSoak(t, samples)
	f.complaints(t)
}

// xmin is a session whose transaction keeps dead rows from being removed, in the middle third of the soak.
type xmin struct {
	conn *pgx.Conn
	open bool
	done bool
}

func holdXmin(t testing.TB, url string) *xmin {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return &xmin{conn: conn}
}

func (x *xmin) held() bool { return x.open }

func (x *xmin) during(t testing.TB, now, all time.Duration) {
	t.Helper()
	switch {
	case !x.open && !x.done && now > all/3:
		x.execute(t, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM lane")
		x.open = true
	case x.open && now > 2*all/3:
		x.release(t)
	}
}

func (x *xmin) release(t testing.TB) {
	t.Helper()
	if x.open {
		x.execute(t, "COMMIT")
		x.open, x.done = false, true
	}
}

func (x *xmin) execute(t testing.TB, sql string) {
	t.Helper()
	if _, err := x.conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
		t.Fatal(err)
	}
}

var goroutines = regexp.MustCompile(`msg=runtime goroutines=(\d+)`)

func takeSample(t testing.TB, f *fleet, url string, at time.Duration, held bool) soakSample {
	t.Helper()
	s := soakSample{at: at, xmin: held}
	for _, n := range f.nodes {
		s.resident = append(s.resident, residentBytes(t, n.cmd.Process.Pid))
		all := goroutines.FindAllStringSubmatch(n.output(), -1)
		last := int64(0)
		if len(all) > 0 {
			last, _ = strconv.ParseInt(all[len(all)-1][1], 10, 64) // digits, by the pattern
		}
		s.goroutines = append(s.goroutines, last)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), "SELECT coalesce(sum(n_dead_tup), 0)::bigint, coalesce(sum(n_live_tup), 0)::bigint FROM pg_stat_user_tables").Scan(&s.dead, &s.live); err != nil {
		t.Fatal(err)
	}
	return s
}

// residentBytes is the memory of a process, as the kernel counts it.
func residentBytes(t testing.TB, pid int) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(b))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

func soakTable(samples []soakSample) string {
	var b strings.Builder
	fmt.Fprintf(&b, "SOAK\n  %8s  %-20s %-14s %12s %12s\n", "at", "resident MB", "goroutines", "dead tuples", "live tuples")
	for _, s := range samples {
		held := ""
		if s.xmin {
			held = "  xmin held"
		}
		fmt.Fprintf(&b, "  %8s  %-20s %-14s %12d %12d%s\n", s.at.Round(time.Second), megabytes(s.resident), fmt.Sprint(s.goroutines), s.dead, s.live, held)
	}
	return b.String()
}

func megabytes(bytes []int64) string {
	parts := make([]string, len(bytes))
	for i, n := range bytes {
		parts[i] = fmt.Sprintf("%.1f", float64(n)/(1<<20))
	}
	return strings.Join(parts, " ")
}

// checkSoak: from the first third on, memory and goroutines stay where they are; and what was dead while nothing could be removed goes again.
func checkSoak(t testing.TB, samples []soakSample) {
	t.Helper()
	warm := samples[len(samples)/3]
	last := samples[len(samples)-1]
	for i := range last.resident {
		if most := warm.resident[i]*3/2 + 20<<20; last.resident[i] > most {
			t.Errorf("node %d grew from %d to %d bytes", i, warm.resident[i], last.resident[i])
		}
		// They are logged four times a minute: in a short run the first look may be from before the load.
		if *soakTime >= 2*time.Minute && last.goroutines[i] > warm.goroutines[i]*3/2+50 {
			t.Errorf("node %d: from %d to %d goroutines", i, warm.goroutines[i], last.goroutines[i])
		}
	}
	if *soakTime < 10*time.Minute {
		return // autovacuum has not had its turn
	}
	worst := slices.MaxFunc(samples, func(a, b soakSample) int { return int(a.dead - b.dead) })
	if last.dead > worst.dead/2 && last.dead > last.live/5 {
		t.Errorf("%d tuples are dead at the end, %d at worst, %d live", last.dead, worst.dead, last.live)
	}
}
