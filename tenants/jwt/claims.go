package jwt

import "strings"

// claim is a claim by its name or, where no claim has that name, by a path of names with dots. nil: there is none.
func claim(c map[string]any, path string) any {
	if v, ok := c[path]; ok {
		return v
	}
	head, rest, ok := strings.Cut(path, ".")
	if !ok {
		return nil
	}
	inner, ok := c[head].(map[string]any)
	if !ok {
		return nil
	}
	return claim(inner, rest)
}

// texts are the texts of a claim that is a list of them, or one.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// text1 is a claim that is one text, or "".
func text1(v any) string {
	s, _ := v.(string)
	return s
}

// nameIn is what people call the bearer.
func nameIn(c map[string]any, subject string) string {
	for _, name := range []string{"name", "preferred_username", "email"} {
		if s := text1(c[name]); s != "" {
			return s
		}
	}
	return subject
}
