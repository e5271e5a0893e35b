package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/tenuto-io/tenuto/platform/redis"
)

// maxSecret bounds the file of a secret, in bytes: whoever names a log or a device by mistake gets a sentence.
const maxSecret = 64 << 10

// readSecret reads a secret from its file, without the white space around it, such as an editor's last line break. No error quotes it.
func readSecret(name, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s: cannot read the file %s: %w", name, path, reason(err))
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("%s: cannot read the file %s: %w", name, path, reason(err))
	}
	if len(text) > maxSecret {
		return "", fmt.Errorf("%s: the file %s has more than %d bytes: it holds no secret", name, path, maxSecret)
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" {
		return "", fmt.Errorf("%s: the file %s is empty", name, path)
	}
	return secret, nil
}

// reason drops the operation and path from a file error: the sentence around it names them already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// parameter is what libpq's parameters look like; a password with a ? in it that nobody encoded does not.
var parameter = regexp.MustCompile(`^[a-z][a-z0-9_.]*$`)

// validURL accepts the URLs of which it is certain which part is the password. No error quotes any of it.
func validURL(name, text string) error {
	if _, err := parseURL(text); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// parseURL is the parsed URL of a PostgreSQL database.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Opaque != "" {
		return nil, errors.New("it is a URL, postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters in the password percent-encoded")
	}
	query, err := url.ParseQuery(u.RawQuery)
	odd := err != nil || u.Fragment != "" || strings.Count(u.Path, "/") > 1 || strings.Contains(u.Path, "@")
	for key := range query {
		odd = odd || !parameter.MatchString(key)
	}
	if odd {
		return nil, errors.New("special characters (/ ? # @ % and the like) in the user, password and database of the URL must be percent-encoded")
	}
	if u.User.Username() == "" && query.Get("user") == "" {
		return nil, errors.New("the URL names no user: postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	if strings.Trim(u.Path, "/") == "" && query.Get("dbname") == "" && query.Get("database") == "" {
		return nil, errors.New("the URL names no database: postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	return u, nil
}

// hidden stands for what is not shown.
const hidden = "xxxxx"

// harmless are the parameters of a URL whose values anybody may see.
var harmless = map[string]bool{
	"sslmode": true, "host": true, "port": true, "user": true, "dbname": true, "database": true, "application_name": true, "search_path": true,
	"connect_timeout": true, "target_session_attrs": true, "pool_max_conns": true, "sslrootcert": true, "sslcert": true, "sslkey": true,
}

// RedactURL is the URL of a database as it may be shown: without its password and without parameters that could hold one. Of what is no URL,
// nothing is shown.
func RedactURL(text string) string {
	u, err := parseURL(text)
	if err != nil {
		return hidden
	}
	query := u.Query()
	for key := range query {
		if !harmless[key] {
			query.Set(key, hidden)
		}
	}
	u.RawQuery = query.Encode()
	return u.Redacted()
}

func validRedisURL(name, text string) error {
	if err := redis.Check(text); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
