// Package oidc asks OpenID Connect providers who somebody is.
//
//	AuthURL ─▶ browser ─▶ provider ─▶ browser ─▶ Exchange ─▶ Login      code flow, with PKCE (S256), state and nonce
//	                                     later   Refresh  ─▶ Login      what the provider says of the person now
//	                                    at end   Revoke, EndURL
//
// A provider is trusted with its own identities and nothing else, so every answer of it is checked: the issuer is exactly the configured one, the audience is
// this client and nobody else, the signature is one of a public key of the provider, the nonce is the one of this sign-in. Answers of another size, from
// another address or by way of a redirect are refused. No error of this package quotes what a provider has sent: it could be a secret.
package oidc
