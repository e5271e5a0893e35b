// Package funcname gives the name under which a workflow or activity function is known on the wire: the bare name of the
// function or method, as every Go SDK of this protocol has it. Worker and caller must agree on it, so there is one place.
package funcname

import (
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"strings"
)

// anonymous matches the names that the compiler gives to function literals: func1, func2.3, 1.
var anonymous = regexp.MustCompile(`^(func)?\d+$`)

// Of returns the name of fn: "Transfer" for the function bank.Transfer, "Debit" for the method value account.Debit or
// the method expression (*Account).Debit. A string is a name already. It returns an error for anything else, including
// function literals, whose names change when code moves.
func Of(fn any) (string, error) {
	if name, ok := fn.(string); ok {
		return name, nil
	}
	v := reflect.ValueOf(fn)
	if v.Kind() != reflect.Func || v.IsNil() {
		return "", fmt.Errorf("%T is not a function", fn)
	}
	full := runtime.FuncForPC(v.Pointer()).Name()
	name := bare(full)
	if name == "" || anonymous.MatchString(name) {
		return "", fmt.Errorf("function literal %s has no stable name: register it under one", full)
	}
	return name, nil
}

// bare strips type arguments, the package, the receiver, and the compiler's mark of a method value.
func bare(full string) string {
	if i := strings.IndexByte(full, '['); i >= 0 {
		full = full[:i] + full[strings.LastIndexByte(full, ']')+1:]
	}
	full = strings.TrimSuffix(full, "-fm")
	return full[strings.LastIndexByte(full, '.')+1:]
}
