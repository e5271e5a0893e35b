// Package signin has a real browser sign in to the console by a real OpenID provider: Chromium, and oidc-provider from npm (provider/provider.mjs), which is
// certified. The console is in the process of the test, on a database file, because its clock has to be moved.
package signin
