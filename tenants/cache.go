package tenants

import (
	"slices"
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
}

// forgetTenants drops the namespaces of tenants, or all.
func (c *cache) forgetTenants(of []TenantID, whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, e := range c.ids {
		if whole || slices.Contains(of, e.namespace.Tenant) {
			delete(c.names, e.namespace.Name)
			delete(c.ids, id)
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
	delete(c.names, c.ids[id].namespace.Name)
	delete(c.ids, id)
}
