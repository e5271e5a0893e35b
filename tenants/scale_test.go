package tenants_test

import (
	"flag"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

var cities = flag.String("tenants", "10,1000,10000", "sizes of the cities of BenchmarkManyTenants; on -postgres one")

const (
	pageSize = 100
	timed    = 100_000 // calls of a benchmark that quantiles are of, at most
)

// BenchmarkManyTenants shows that looking things up costs the same with 10,000 tenants, 50,000 keys and 100,000 namespaces as with a thousandth of that.
func BenchmarkManyTenants(b *testing.B) {
	for text := range strings.SplitSeq(*cities, ",") {
		size, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		c := newCity(b, size)
		run := func(name string, f func(b *testing.B, i int) error) {
			b.Run(fmt.Sprintf("%s/tenants=%d", name, size), func(b *testing.B) { walk(b, f) })
		}
		run("cold start", func(*testing.B, int) error { c.cold(); return nil })
		run("key read", func(b *testing.B, i int) error {
			if i%len(c.keys) == 0 {
				c.cold()
			}
			return c.key(b.Context(), i)
		})
		run("namespace read", func(b *testing.B, i int) error {
			if i%len(c.spaces) == 0 {
				c.cold()
			}
			return c.name(b.Context(), i)
		})
		run("page of tenants", func(b *testing.B, i int) error {
			_, err := c.ListTenants(b.Context(), c.tenants[pick(i, size)].Name, pageSize)
			return err
		})
		run("page of a tenant's namespaces", func(b *testing.B, i int) error {
			_, err := c.directory.ListOf(b.Context(), c.tenants[pick(i, size)].ID, "", pageSize)
			return err
		})
		run("page of all namespaces", func(b *testing.B, i int) error {
			_, err := c.directory.List(b.Context(), c.spaces[pick(i, len(c.spaces))].Name, pageSize)
			return err
		})
		b.Run(fmt.Sprintf("everything/tenants=%d", size), func(b *testing.B) { remember(b, c) })
		run("key remembered", func(b *testing.B, i int) error { return c.key(b.Context(), i) })
		run("namespace remembered", func(b *testing.B, i int) error { return c.name(b.Context(), i) })
		run("change", func(b *testing.B, i int) error {
			return c.DisableKey(b.Context(), c.tenants[pick(i, size)].ID, c.ids[pick(i, size)*keysPer], i%2 == 0)
		})
	}
}

// walk times calls one after the other.
func walk(b *testing.B, f func(b *testing.B, i int) error) {
	took := make([]time.Duration, 0, min(b.N, timed))
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if i >= timed {
			if err := f(b, i); err != nil {
				b.Fatal(err)
			}
			continue
		}
		began := time.Now()
		if err := f(b, i); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	quantiles(b, took)
}

// remember has a cold node look everything up once, and reports the memory that it takes from then on.
func remember(b *testing.B, c *city) {
	for range b.N {
		c.cold()
		before := heap()
		if err := c.everything(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(heap()-before)/1e6, "remembered-MB")
	}
}

// heap is what is reachable, in bytes.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
