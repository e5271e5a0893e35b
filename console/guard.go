package console

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"
)

// policy allows the console's own style sheet, scripts, icon and streams, and posts to itself; no frame, nothing inline, nothing from elsewhere.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// asking is the policy of a page that may also ask one other origin.
func asking(origin string) string {
	return strings.Replace(policy, "connect-src 'self'", "connect-src 'self' "+origin, 1)
}

// guard refuses requests before any route sees them, and sets the headers of every answer.
func (c *Console) guard(next echo.HandlerFunc) echo.HandlerFunc {
	crossOrigin := http.NewCrossOriginProtection()
	return func(ec echo.Context) error {
		secure(ec.Response().Header())
		c.door.headers(ec.Response().Header())
		r := ec.Request()
		if err := c.door.refuse(r); err != nil {
			return err
		}
		if err := crossOrigin.Check(r); err != nil {
			return echo.NewHTTPError(http.StatusForbidden, "The console refuses posts from other sites.")
		}
		r.Body = http.MaxBytesReader(ec.Response(), r.Body, largest(r))
		// Echo matches on RawPath and falls back to the decoded path. With RawPath always set, path parameters are always encoded, and a
		// workflow id is decoded exactly once.
		r.URL.RawPath = r.URL.EscapedPath()
		return next(ec)
	}
}

func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	// Not no-referrer: under it browsers send posts with "Origin: null", and same-origin posts would look foreign.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

func fromLoopback(remote string) bool {
	ap, err := netip.ParseAddrPort(remote)
	return err == nil && ap.Addr().Unmap().IsLoopback()
}

// ownHosts are the Host headers of a console that listens on addr: each name of the loopback interface, with its port.
func ownHosts(addr string) (map[string]bool, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	hosts := map[string]bool{}
	for _, name := range []string{host, "127.0.0.1", "::1", "localhost"} {
		hosts[net.JoinHostPort(name, port)] = true
		if port == "80" { // browsers leave the default port out
			hosts[name] = true
		}
	}
	delete(hosts, net.JoinHostPort("", port))
	return hosts, nil
}
