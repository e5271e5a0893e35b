package redis

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// target is what a URL says. It is read by hand: net/url takes no list of hosts, and its errors quote the URL.
type target struct {
	scheme   string // as in forms
	form     form
	user     string
	password string
	addrs    []string // host:port
	database int
	params   url.Values
}

// form is a way to reach Redis.
type form struct {
	tls, sentinel, cluster bool
	port                   string // when a host names none
}

var forms = map[string]form{
	"redis":           {port: "6379"},
	"rediss":          {port: "6379", tls: true},
	"redis+sentinel":  {port: "26379", sentinel: true},
	"rediss+sentinel": {port: "26379", sentinel: true, tls: true},
	"redis+cluster":   {port: "6379", cluster: true},
	"rediss+cluster":  {port: "6379", cluster: true, tls: true},
}

// Why a URL is refused. None quotes it.
var (
	errForm = errors.New("it is a URL, redis://USER:PASSWORD@HOST:PORT/DATABASE, or begins with rediss, redis+sentinel, rediss+sentinel, redis+cluster or rediss+cluster")
	errOdd  = errors.New("special characters (/ ? # @ : % and the like) in the user and password of the URL must be percent-encoded")
	errHost = errors.New("hosts are HOST or HOST:PORT, several of them (of Sentinels and Clusters) with commas between")
)

// unescaped is what user and password consist of once they are encoded.
var unescaped = regexp.MustCompile(`^[A-Za-z0-9\-._~!$&'()*+,;=%]*$`)

func parse(text string) (t target, err error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if t.scheme = scheme; ok {
		t.form, ok = forms[scheme]
	}
	if !ok {
		return target{}, errForm
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	credentials, hosts, ok := strings.Cut(authority, "@")
	if !ok {
		credentials, hosts = "", authority
	}
	if strings.ContainsAny(hosts+path+query, "@#") {
		return target{}, errOdd
	}
	if t.user, t.password, err = parseCredentials(credentials); err != nil {
		return target{}, err
	}
	if t.addrs, err = parseHosts(hosts, t.form); err != nil {
		return target{}, err
	}
	if t.database, err = parseDatabase(path, t.form); err != nil {
		return target{}, err
	}
	if t.params, err = parseParameters(query, t.form); err != nil {
		return target{}, err
	}
	return t, nil
}

func parseCredentials(text string) (user, password string, err error) {
	user, password, _ = strings.Cut(text, ":")
	if !unescaped.MatchString(user) || !unescaped.MatchString(password) {
		return "", "", errOdd
	}
	user, errUser := url.PathUnescape(user)
	password, errPassword := url.PathUnescape(password)
	if errUser != nil || errPassword != nil {
		return "", "", errOdd // those quote
	}
	return user, password, nil
}

var (
	hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?$`)
	hostPort = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::([0-9]{1,5}))?$`)
)

func parseHosts(text string, f form) (addrs []string, err error) {
	for host := range strings.SplitSeq(text, ",") {
		m := hostPort.FindStringSubmatch(host)
		if m == nil {
			return nil, errHost
		}
		name, port := strings.Trim(m[1], "[]"), m[2]
		if port == "" {
			port = f.port
		}
		n, err := strconv.ParseUint(port, 10, 16)
		valid := hostName.MatchString(name)
		if m[1][0] == '[' {
			valid = net.ParseIP(name) != nil
		}
		if err != nil || n == 0 || !valid {
			return nil, errHost
		}
		addrs = append(addrs, net.JoinHostPort(name, port))
	}
	if len(addrs) > 1 && !f.sentinel && !f.cluster {
		return nil, errHost
	}
	return addrs, nil
}

func parseDatabase(path string, f form) (int, error) {
	path = strings.TrimSuffix(path, "/")
	if path == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(path, 10, 16)
	if err != nil {
		return 0, errors.New("the database in the URL is a number")
	}
	if f.cluster && n != 0 {
		return 0, errors.New("a Redis Cluster has no databases but 0")
	}
	return int(n), nil
}
