// Package administer are the commands that administer a server: tenuto tenant, namespace, member, group, account, role, key, quota,
// usage and audit, and tenuto apply.
//
//	flags, TENUTO_… ─▶ connection ─▶ one call of tenuto.admin.v1 ─▶ a table, or JSON
//
// A command says only what to call and with what; how an answer looks is in one place, for all of them.
package administer
