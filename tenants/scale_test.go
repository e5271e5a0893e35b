package tenants_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

// city is an installation of many tenants, each with keysPer keys and namespacesPer namespaces.
type city struct {
	*tenants.Access
	directory *tenants.Directory
	registry  tenants.Registry
	store     tenants.Store
	tenants   []tenants.Tenant
	keys      []string
	ids       []tenants.KeyID
	spaces    []tenants.Namespace
}

const (
	keysPer       = 5
	namespacesPer = 10
)

func newCity(b *testing.B, size int) *city {
	b.Helper()
	db, err := database.OpenSQLite(b.Context(), database.Memory, database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	c := &city{registry: sqlite.NewRegistry(db.Write, db.Read), store: sqlite.New(db.Write, db.Read)}
	c.cold()
	for i := range size {
		t, err := c.CreateTenant(b.Context(), fmt.Sprint("tenant-", i), "")
		if err != nil {
			b.Fatal(err)
		}
		c.tenants = append(c.tenants, t)
		c.settle(b, t)
	}
	c.cold()
	return c
}

// settle gives a tenant its namespaces, and an account with keys that may work in the first.
func (c *city) settle(b *testing.B, t tenants.Tenant) {
	b.Helper()
	first := len(c.spaces)
	for i := range namespacesPer {
		n, err := c.directory.Register(b.Context(), tenants.Registration{Name: tenants.NamespaceName(fmt.Sprint("n", i), t.Name), Tenant: t.ID, Retention: tenants.MinRetention})
		if err != nil {
			b.Fatal(err)
		}
		c.spaces = append(c.spaces, n)
	}
	a, err := c.CreateAccount(b.Context(), t.ID, "worker")
	if err != nil {
		b.Fatal(err)
	}
	holder := tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}
	if _, err := c.Permit(b.Context(), c.spaces[first], holder, tenants.Worker, "test"); err != nil {
		b.Fatal(err)
	}
	for range keysPer {
		k, text, err := c.CreateKey(b.Context(), tenants.NewKey{Tenant: t.ID, Holder: holder, Name: "k"})
		if err != nil {
			b.Fatal(err)
		}
		c.keys, c.ids = append(c.keys, text), append(c.ids, k.ID)
	}
}

// cold forgets everything that is remembered.
func (c *city) cold() {
	c.Access = tenants.NewAccess(tenants.AccessConfig{Registry: c.registry})
	if err := c.CatchUp(context.Background()); err != nil {
		panic(err)
	}
	noon := time.Now() // what is remembered does not grow old here
	c.directory = tenants.NewDirectory(c.store, func() time.Time { return noon })
}

// pick walks over n things so that neighbours are far apart.
func pick(i, n int) int { return i * 7919 % n }

// BenchmarkManyTenants shows that looking things up costs the same with 10,000 tenants, 50,000 keys and 100,000 namespaces as with a hundredth of that.
func BenchmarkManyTenants(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		c := newCity(b, size)
		run := func(name string, f func(i int) error) {
			b.Run(fmt.Sprintf("%s/tenants=%d", name, size), func(b *testing.B) {
				b.ReportAllocs()
				for i := range b.N {
					if err := f(i); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		key := func(i int) error { _, err := c.ByKey(b.Context(), c.keys[pick(i, len(c.keys))], nil); return err }
		name := func(i int) error {
			_, err := c.directory.ByName(b.Context(), c.spaces[pick(i, len(c.spaces))].Name)
			return err
		}
		run("key read", func(i int) error {
			if i%len(c.keys) == 0 {
				c.cold()
			}
			return key(i)
		})
		run("namespace read", func(i int) error {
			if i%len(c.spaces) == 0 {
				c.cold()
			}
			return name(i)
		})
		run("namespaces of a tenant", func(i int) error {
			_, err := c.directory.ListOf(b.Context(), c.tenants[pick(i, size)].ID, "", 100)
			return err
		})
		for i := range c.keys {
			if err := key(i); err != nil {
				b.Fatal(err)
			}
		}
		for i := range c.spaces {
			if err := name(i); err != nil {
				b.Fatal(err)
			}
		}
		run("key remembered", key)
		run("namespace remembered", name)
		run("change", func(i int) error {
			return c.DisableKey(b.Context(), c.tenants[pick(i, size)].ID, c.ids[pick(i, size)*keysPer], i%2 == 0)
		})
	}
}
