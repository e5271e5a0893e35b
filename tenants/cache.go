package tenants

import (
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// CacheFor is how old an answer of ByName and ByID may be. Another node's change is seen after at most this long.
const CacheFor = 10 * time.Second

// cache remembers namespaces that exist, never ones that do not: made-up names must cost no memory.
type cache struct {
	mu    sync.RWMutex
	names map[string]orchestration.NamespaceID
	ids   map[orchestration.NamespaceID]cached
	// tenants has the ids by tenant.
	tenants map[TenantID]map[orchestration.NamespaceID]struct{}
}

type cached struct {
	namespace Namespace
	read      time.Time
}

func (c *cache) byName(name string, now time.Time) (Namespace, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.fresh(c.names[name], now)
}

func (c *cache) byID(id orchestration.NamespaceID, now time.Time) (Namespace, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.fresh(id, now)
}

// fresh is the namespace if it is remembered and not too old. c.mu is held.
func (c *cache) fresh(id orchestration.NamespaceID, now time.Time) (Namespace, bool) {
	e, ok := c.ids[id]
	if !ok || now.Sub(e.read) > CacheFor {
		return Namespace{}, false
	}
	return e.namespace.clone(), true
}

func (c *cache) put(n Namespace, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil {
		c.ids, c.names = map[orchestration.NamespaceID]cached{}, map[string]orchestration.NamespaceID{}
		c.tenants = map[TenantID]map[orchestration.NamespaceID]struct{}{}
	}
	old, ok := c.ids[n.ID]
	if ok && old.namespace.Version > n.Version {
		return // it was read before the change that is remembered
	}
	if ok && old.namespace.Name != n.Name && c.names[old.namespace.Name] == n.ID {
		delete(c.names, old.namespace.Name)
	}
	c.ids[n.ID] = cached{namespace: n, read: now}
	c.names[n.Name] = n.ID
	if c.tenants[n.Tenant] == nil {
		c.tenants[n.Tenant] = map[orchestration.NamespaceID]struct{}{}
	}
	c.tenants[n.Tenant][n.ID] = struct{}{}
}

// forgetTenants drops the namespaces of tenants, or all.
func (c *cache) forgetTenants(of []TenantID, whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if whole {
		clear(c.names)
		clear(c.ids)
		clear(c.tenants)
	}
	for _, t := range of {
		for id := range c.tenants[t] {
			c.drop(id)
		}
	}
}

// forget drops a namespace by its name or the text of its id.
func (c *cache) forget(ref string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, ok := c.names[ref]
	if !ok {
		var err error
		if id, err = orchestration.ParseNamespaceID(ref); err != nil {
			return
		}
	}
	c.drop(id)
}

// drop forgets a namespace that may be there. c.mu is held.
func (c *cache) drop(id orchestration.NamespaceID) {
	n := c.ids[id].namespace
	delete(c.names, n.Name)
	delete(c.ids, id)
	if delete(c.tenants[n.Tenant], id); len(c.tenants[n.Tenant]) == 0 {
		delete(c.tenants, n.Tenant)
	}
}
