package admin

import (
	"encoding/base64"
)

// Sizes of pages.
const (
	defaultPage = 100
	maxPage     = 1000
)

// page is which part of a list is asked for.
type page struct {
	after string // the key of the last entry before it; "" for the first page
	size  int
}

// pageOf reads a page from a request. Errors: InvalidArgument.
func pageOf(r interface {
	GetPageSize() int32
	GetPageToken() string
}) (page, error) {
	size := int(r.GetPageSize())
	switch {
	case size < 0 || size > maxPage:
		return page{}, invalid("A page has 1 to %d entries; page_size is %d.", maxPage, size)
	case size == 0:
		size = defaultPage
	}
	after, err := base64.RawURLEncoding.DecodeString(r.GetPageToken())
	if err != nil {
		return page{}, invalid("The page_token is none that this server has made.")
	}
	return page{after: string(after), size: size}, nil
}

// next is the token of the page after one that ends with the key last. A token is a position and no right: whoever brings one gets what they may see from there.
func (p page) next(read int, last string) string {
	if read < p.size {
		return ""
	}
	return tokenOf(last)
}

// tokenOf is the token of the page that begins behind a position.
func tokenOf(position string) string { return base64.RawURLEncoding.EncodeToString([]byte(position)) }

// idAfter is the position as an id of 16 bytes. Errors: InvalidArgument.
func idAfter[ID ~[16]byte](p page) (id ID, err error) {
	if p.after != "" && copy(id[:], p.after) != len(id) || len(p.after) > len(id) {
		return id, invalid("The page_token is none that this server has made.")
	}
	return id, nil
}

// answers makes the entries of an answer of what was read.
func answers[From, To any](all []From, f func(From) (To, error)) ([]To, error) {
	out := make([]To, 0, len(all))
	for _, v := range all {
		a, err := f(v)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}
