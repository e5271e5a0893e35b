package telemetry

import (
	"errors"
	"net/url"
)

// ParseCollector reads the URL of a collector. No error quotes it: it may hold a password.
func ParseCollector(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, errors.New("it is no URL")
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("it is http://HOST:PORT, https://, grpc:// or grpcs://, without user and parameters")
	}
	switch u.Scheme {
	case "http", "https":
		return u, nil
	case "grpc", "grpcs":
		if u.Path == "" || u.Path == "/" {
			return u, nil
		}
		return nil, errors.New("a grpc URL has no path")
	}
	return nil, errors.New("it begins with http://, https://, grpc:// or grpcs://")
}
