package tenants_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/postgres"
	"github.com/tenuto-io/tenuto/tenants/sqlite"
)

var cityDatabase = flag.String("postgres", "", "URL of an empty, migrated PostgreSQL database for the city; default: SQLite in memory")

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
	builders      = 16 // that settle tenants side by side
)

func newCity(b *testing.B, size int) *city {
	b.Helper()
	c := &city{
		tenants: make([]tenants.Tenant, size), spaces: make([]tenants.Namespace, size*namespacesPer),
		keys: make([]string, size*keysPer), ids: make([]tenants.KeyID, size*keysPer),
	}
	if *cityDatabase == "" {
		c.onSQLite(b)
	} else {
		c.onPostgres(b, *cityDatabase)
	}
	c.cold()
	var all sync.WaitGroup
	for first := range builders {
		all.Go(func() {
			for i := first; i < size; i += builders {
				if err := c.settle(b.Context(), i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	if all.Wait(); b.Failed() {
		b.FailNow()
	}
	c.cold()
	return c
}

func (c *city) onSQLite(b *testing.B) {
	b.Helper()
	db, err := database.OpenSQLite(b.Context(), database.Memory, database.Migrations{Room: "tenants", Files: sqlite.Migrations()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	c.registry, c.store = sqlite.NewRegistry(db.Write, db.Read), sqlite.New(db.Write, db.Read)
}

func (c *city) onPostgres(b *testing.B, url string) {
	b.Helper()
	db, err := database.OpenPostgres(b.Context(), url, database.Migrations{Room: "tenants", Files: postgres.Migrations()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	c.registry, c.store = postgres.NewRegistry(db.Pool), postgres.New(db.Pool)
}

// settle founds the i-th tenant with its namespaces, and an account with keys that may work in the first.
func (c *city) settle(ctx context.Context, i int) error {
	t, err := c.CreateTenant(ctx, fmt.Sprint("tenant-", i), "")
	if err != nil {
		return err
	}
	c.tenants[i] = t
	spaces := c.spaces[i*namespacesPer:][:namespacesPer]
	for j := range spaces {
		r := tenants.Registration{Name: tenants.NamespaceName(fmt.Sprint("n", j), t.Name), Tenant: t.ID, Retention: tenants.MinRetention}
		if spaces[j], err = c.directory.Register(ctx, r); err != nil {
			return err
		}
	}
	a, err := c.CreateAccount(ctx, t.ID, "worker")
	if err != nil {
		return err
	}
	holder := tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}
	if _, err := c.Permit(ctx, spaces[0], holder, tenants.Worker, "test"); err != nil {
		return err
	}
	for j := range keysPer {
		k, text, err := c.CreateKey(ctx, tenants.NewKey{Tenant: t.ID, Holder: holder, Name: "k"})
		if err != nil {
			return err
		}
		c.keys[i*keysPer+j], c.ids[i*keysPer+j] = text, k.ID
	}
	return nil
}

// cold is a node that has just started: it remembers nothing.
func (c *city) cold() {
	c.Access = tenants.NewAccess(tenants.AccessConfig{Registry: c.registry})
	if err := c.CatchUp(context.Background()); err != nil {
		panic(err)
	}
	noon := time.Now() // what is remembered does not grow old here
	c.directory = tenants.NewDirectory(c.store, func() time.Time { return noon })
}

// key looks up the i-th key of a walk.
func (c *city) key(ctx context.Context, i int) error {
	_, err := c.ByKey(ctx, c.keys[pick(i, len(c.keys))], nil)
	return err
}

// name looks up the i-th namespace of a walk.
func (c *city) name(ctx context.Context, i int) error {
	_, err := c.directory.ByName(ctx, c.spaces[pick(i, len(c.spaces))].Name)
	return err
}

// everything looks up every key and every namespace.
func (c *city) everything(ctx context.Context) error {
	for i := range c.keys {
		if err := c.key(ctx, i); err != nil {
			return err
		}
	}
	for i := range c.spaces {
		if err := c.name(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// pick walks over n things so that neighbours are far apart.
func pick(i, n int) int { return i * 7919 % n }

// quantiles reports how long half and how long all but a hundredth of some calls took.
func quantiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100]), "p99-ns")
}
