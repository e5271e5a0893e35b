// Package tenants keeps who uses the installation, and what they may do.
//
//	Directory   register, describe, list, change namespaces; name -> Namespace from memory
//	  Store       what a driver keeps of them: tenants/sqlite, tenants/postgres
//	Access      credential -> Principal from memory; tenants, people, groups, accounts, grants, keys
//	  Registry    what is kept of them: tenants/sqlstore, in the same databases; tenantstest has the suites for both
//
// A tenant owns namespaces. A person, a group or a service account holds grants: roles in a tenant, permissions in one of its namespaces. A Principal is
// somebody verified with everything that counts for it:
//
//	allowed in a namespace = (role's permissions | grants on the namespace | what the token says) & the key's scopes
//
// The engine knows namespaces by id alone; the directory is where the edge turns a request's name into that id. The directory's memory
// is a hint: it may be some seconds old, and nothing that must be exact is decided on it. Access's memory is what decides who is let in: it follows a log of
// changes, and every node has looked at a change within a second of its commit.
//
// Secrets are kept as hashes, and no error, log line or String method shows one.
package tenants
