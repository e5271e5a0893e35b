// Package redis opens clients of Redis from a URL: of a single server, of one that Sentinels watch over, or of a Cluster. Servers are Redis 6.2 or
// later, or Valkey.
//
//	redis://[USER:PASSWORD@]HOST[:6379][/DATABASE]                          one server
//	redis+sentinel://[USER:PASSWORD@]HOST[:26379],HOST…[/DATABASE]?master=NAME   the master that these Sentinels name
//	redis+cluster://[USER:PASSWORD@]HOST[:6379],HOST…                       the Cluster that these servers are of
//
// rediss, rediss+sentinel and rediss+cluster speak TLS (1.2 or later) and verify each server's certificate for the name that it was reached by, with the
// authorities of the system, or of SSL_CERT_FILE. Special characters in user and password are percent-encoded. A password without a user is :PASSWORD@.
//
// Parameters, after a question mark:
//
//	master             the name that Sentinels know the server by; required with Sentinels
//	sentinel_username  for the Sentinels themselves; USER and PASSWORD are for the servers with the data
//	sentinel_password
//	dial_timeout       how long a connection may take, TLS included, as 500ms or 2s; 1s
//	read_timeout       how long an answer may take; 1s
//	write_timeout      how long sending may take; 1s
//	pool_size          connections to each server, opened when needed; 10
//	skip_verify        true: any certificate will do
//
// Clients fail fast: nothing is tried twice, whoever uses one decides what a failure means. No error and no log shows any part of a URL that could be a
// password; Redact is the URL as it may be shown.
package redis
