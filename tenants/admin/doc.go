// Package admin is the administration of an installation: tenuto.admin.v1.
//
//	gRPC  ─▶ platform/edge ─▶ authenticate, authorise by its table ─┐
//	HTTP  ─▶ platform/edge ─▶ the same                              ├─▶ Service ─▶ tenants.Access, tenants.Directory ─▶ commit
//	                                                                │
//	                                          the principal is in the context
//
// The edge's table says which role in the tenant, or permission in the namespace, a method needs. What depends on whom a call concerns is decided here:
//
//   - nobody gives, takes or uses up more than they have themselves: what concerns an owner is for owners, what concerns an operator for operators;
//   - the secret of a key is for its holder, and for those who may manage the service account that holds it;
//   - who is no admin sees and changes only keys of their own.
//
// A reply says what a commit has made true: each change is committed, and holds on this node, before it is answered.
package admin
