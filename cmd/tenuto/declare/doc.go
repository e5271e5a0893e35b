// Package declare brings an installation to what a file says: tenuto apply.
//
//	tenants.yaml ─▶ Wish ─┐
//	                      ├─▶ PlanFor ─▶ Plan: changes in words ─▶ Apply: one call each, in order
//	the server ─▶ read ───┘
//
// What the file says is so afterwards; what it does not mention stays. Pruning also takes away what a list of the file does not have, and only of lists that the
// file has: a file without groups says nothing about groups. Tenants are never taken away.
//
// A plan makes before it takes, so that nobody is without a right that they had and keep, and a tenant is never without an owner. Each change is one call that
// is true when it is answered: a plan that breaks off half-way is finished by the next one, which finds done what was done.
//
// A file has no secrets, and no keys: who may read it need not be trusted with more.
package declare
