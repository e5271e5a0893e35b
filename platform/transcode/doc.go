// Package transcode serves the methods of gRPC services as HTTP with JSON, in the form that their google.api.http annotations say.
//
//	PATCH /api/admin/v1/tenants/acme {"title": "Acme"} ─▶ route ─▶ UpdateTenantRequest{tenant: acme, title: Acme} ─▶ Call ─▶ Tenant as JSON
//
// What the path names is set last: a body cannot say something else. A method that takes no body reads its other fields from the query. Errors are the JSON of
// google.rpc.Status, with the HTTP status that fits its code.
//
// Of the annotations it knows one binding per method, with {field} for a whole segment of the path, and a body of "*" or none: all that ours use. New refuses
// others.
package transcode
