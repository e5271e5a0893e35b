// Package adminv1 is the contract of the administration of a server: tenuto.admin.v1, generated from the protocol files beside it by make generate.
//
// Each call is gRPC on the address that SDKs connect to, and HTTP with JSON below /api/admin/v1 on the address of the console, in the form that its
// google.api.http annotation says. Both carry a credential as "authorization: Bearer …". docs/administration.md shows how.
package adminv1
