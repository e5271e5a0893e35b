// Package jwt verifies what identity providers say, in signed tokens found by OpenID Connect discovery: who a token's bearer is, of which groups, and with which permissions.
//
//	token ─▶ issuer, exactly one of those that are trusted ─▶ discovery, keys (remembered, fetched again when they are old or unknown)
//	      ─▶ signature, audience, times ─▶ tenants.Token
//
// Nothing is believed of a token before its signature is verified, except which issuer to ask for its keys. A provider that cannot be reached is no reason
// to refuse a token: that is an error of its own, so that clients come again.
package jwt
