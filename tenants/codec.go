package tenants

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/tenuto-io/tenuto/orchestration"
)

// MaxCodecLength is how long the address of a codec may be, in bytes.
const MaxCodecLength = 1000

// Codec is the codec server of a namespace, by the public protocol of codec servers: it decodes and encodes payloads for the people who look at them. Their browsers
// call it; the server never does. The zero one is none.
type Codec struct {
	Endpoint    string // https://, or http:// on the reader's own machine, without query; /decode and /encode are added to it
	Credentials bool   // browsers send it their cookies for it
}

// codecHost are the hosts that a content policy can name: a name, or an IPv4 address.
var codecHost = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

// Origin is scheme, host and port of the endpoint, as a content policy names them; "" where there is none, or none that could be named.
func (c Codec) Origin() string {
	u, err := url.Parse(c.Endpoint)
	if c.Endpoint == "" || err != nil || c.validate() != nil {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

// validate returns InvalidArgument for what a browser must not be sent to.
func (c Codec) validate() error {
	if c.Endpoint == "" {
		if c.Credentials {
			return orchestration.Errorf(orchestration.InvalidArgument, "Credentials are for a codec: set its endpoint.")
		}
		return nil
	}
	if len(c.Endpoint) > MaxCodecLength {
		return orchestration.Errorf(orchestration.InvalidArgument, "The codec's endpoint has %d bytes, the limit is %d.", len(c.Endpoint), MaxCodecLength)
	}
	u, err := url.Parse(c.Endpoint)
	switch {
	case err != nil || !codecHost.MatchString(u.Hostname()) || strings.HasSuffix(u.Host, ":"):
		return orchestration.Errorf(orchestration.InvalidArgument, "The codec's endpoint %q is no address like https://codec.example/path.", c.Endpoint)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(c.Endpoint, "#"):
		return orchestration.Errorf(orchestration.InvalidArgument, "The codec's endpoint %q may have no user, query or fragment.", c.Endpoint)
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return orchestration.Errorf(orchestration.InvalidArgument, "The codec's endpoint %q is neither https:// nor http:// on the reader's own machine.", c.Endpoint)
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}
