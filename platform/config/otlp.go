package config

import (
	"fmt"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/telemetry"
	"github.com/tenuto-io/tenuto/tenants"
)

// OTLP says where traces go, and which. Words, as they come.
type OTLP struct {
	// URL is the collector that the traces of workflows are sent to: http://HOST:PORT or https://, to which /v1/traces is added, or grpc://HOST:PORT or grpcs://. Default: none: nothing is sent. Limit: without user and parameters.
	URL string
	// Headers is what comes with each call to the collector, credentials for example: one header a line, as Name: value. Default: none. Limit: none.
	Headers string
	// Link is where pages lead from a run to its trace: an address of the tracing backend, in which {trace} stands for the id of the trace. Default: none: pages show the id alone. Limit: https:// or http://, with {trace} after the host.
	Link string
	// HeadersFile is a file that holds otlp.headers and nothing else. It is read once, at start. Default: none. Limit: 64 KiB.
	HeadersFile string
	// CAFile is a PEM file of the certificate authorities that may vouch for the collector; without it, those of the machine. It is read once, at start. Default: none. Limit: needs https or grpcs.
	CAFile string
	// Ratio is which part of the traces is sent. Whose caller records its own trace is sent in any case. Default: 1. Limit: 0 to 1.
	Ratio string
	// Errors is whether workflows that failed, timed out or were terminated are sent in any case. Default: on. Limit: on or off.
	Errors string
	// Slow is how long a workflow takes at least that is sent in any case. Default: none: no workflow is sent for that. Limit: at least 1s.
	Slow string
	// Namespaces is which part of the traces is sent of namespaces that differ, as NAME=RATIO with spaces between; what is sent in any case stays. Default: none. Limit: 0 to 1 each.
	Namespaces string
}

// defaultOTLP is what nobody has told anything.
func defaultOTLP() OTLP { return OTLP{Ratio: "1", Errors: "on"} }

// RatioOf reads a ratio. Errors: it is none.
func (OTLP) RatioOf(value string) (float64, error) {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || !(f >= 0 && f <= 1) {
		return 0, fmt.Errorf("%q is no number from 0 to 1", value)
	}
	return f, nil
}

// SlowAfter reads Slow; 0: nothing is slow. Errors: it is none.
func (o OTLP) SlowAfter() (time.Duration, error) {
	if o.Slow == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(o.Slow)
	if err != nil || d < time.Second {
		return 0, fmt.Errorf("%q: it is a time of at least 1s, such as 90s or 5m", o.Slow)
	}
	return d, nil
}

// RatioByNamespace reads Namespaces. Errors: it is none.
func (o OTLP) RatioByNamespace() (map[string]float64, error) {
	out := map[string]float64{}
	for _, word := range strings.Fields(o.Namespaces) {
		name, value, _ := strings.Cut(word, "=")
		ratio, err := o.RatioOf(value)
		if err != nil || tenants.ValidateName(name) != nil {
			return nil, fmt.Errorf("%q: it is NAME=RATIO, a namespace and a number from 0 to 1", word)
		}
		out[name] = ratio
	}
	return out, nil
}

// LinkProblem is why Link cannot be one; nil: it can.
func (o OTLP) LinkProblem() error {
	if o.Link == "" {
		return nil
	}
	before, _, ok := strings.Cut(o.Link, "{trace}")
	u, err := url.Parse(before)
	if !ok || err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Path == "" && u.RawQuery == "" && u.Fragment == "" {
		return fmt.Errorf("%q: it is an address such as https://jaeger.example/trace/{trace}", o.Link)
	}
	return nil
}

// HeaderLines reads Headers. No error quotes a value.
func (o OTLP) HeaderLines() (map[string]string, error) {
	out := map[string]string{}
	for i, line := range strings.Split(o.Headers, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsFunc(name, notInName) || strings.ContainsFunc(value, notInValue) {
			return nil, fmt.Errorf("line %d: it is Name: value", i+1)
		}
		out[textproto.CanonicalMIMEHeaderKey(name)] = strings.TrimSpace(value)
	}
	return out, nil
}

func notInName(r rune) bool {
	return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

func notInValue(r rune) bool { return r != '\t' && r != '\r' && (r < ' ' || r > '~') }

// otlpProblems are the values that cannot work.
func (s Server) otlpProblems() (all []error) {
	o := s.OTLP
	note := func(name string, err error) {
		if err != nil {
			all = append(all, fmt.Errorf("%s: %w", name, err))
		}
	}
	if o.URL != "" {
		u, err := telemetry.ParseCollector(o.URL)
		note(s.name(keyOTLP), err)
		if err == nil && o.CAFile != "" && u.Scheme != "https" && u.Scheme != "grpcs" {
			note(s.name(keyOTLPCA), fmt.Errorf("%s is not encrypted: it needs https:// or grpcs://", keyOTLP))
		}
	}
	note(s.name(keyOTLPLink), o.LinkProblem())
	_, err := o.HeaderLines()
	note(s.secretName(keyOTLPHeaders, o.HeadersFile), err)
	_, err = o.RatioOf(o.Ratio)
	note(s.name(keyOTLPRatio), err)
	if o.Errors != "on" && o.Errors != "off" {
		note(s.name(keyOTLPErrors), fmt.Errorf("%q: it is on or off", o.Errors))
	}
	_, err = o.SlowAfter()
	note(s.name(keyOTLPSlow), err)
	_, err = o.RatioByNamespace()
	note(s.name(keyOTLPNamespaces), err)
	return all
}
