package visibility

import (
	"strings"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Compile turns a list filter into SQL of the dialect. Placeholders are numbered from firstArg where the dialect numbers them
// (store.FirstArg for the drivers of this repository). A blank filter selects everything.
//
// Errors: InvalidArgument, with one sentence that names the token and what is allowed.
func Compile(query string, d store.Dialect, firstArg int) (store.Where, error) {
	if strings.TrimSpace(query) == "" {
		return store.Where{}, nil
	}
	n, err := parse(query)
	if err != nil {
		return store.Where{}, err
	}
	s := sqlText{dialect: d, firstArg: firstArg}
	n.render(&s)
	return store.Where{SQL: s.text.String(), Args: s.args}, nil
}
