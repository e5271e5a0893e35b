package funcname_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
)

func Transfer() {}

func Generic[T any](T) {}

type bank struct{}

func (bank) Debit()   {}
func (*bank) Credit() {}

type vault[T any] struct{}

func (vault[T]) Open() {}

type teller interface{ Debit() }

func TestNames(t *testing.T) {
	b := &bank{}
	for want, fn := range map[string]any{
		"Transfer": Transfer,
		"Generic":  Generic[map[string]bank],
		"Debit":    b.Debit,
		"Credit":   b.Credit,
		"Open":     vault[int]{}.Open,
		"by name":  "by name",
	} {
		if got, err := funcname.Of(fn); got != want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	for want, fn := range map[string]any{"Credit": (*bank).Credit, "Debit": bank.Debit} {
		if got, err := funcname.Of(fn); got != want || err != nil {
			t.Errorf("method expression: got %q, %v, want %q", got, err, want)
		}
	}
	if got, err := funcname.Of(teller(b).Debit); got != "Debit" || err != nil {
		t.Errorf("interface method: got %q, %v", got, err)
	}
}

func TestWhatHasNoName(t *testing.T) {
	var none func()
	nested := func() func() { return func() {} }
	for name, fn := range map[string]any{
		"literal": func() {}, "nested literal": nested(), "nil function": none, "nil": nil, "number": 5, "struct": bank{},
	} {
		if got, err := funcname.Of(fn); err == nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
