package view

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}

// sortedKeys gives a map's keys in one order, so that a page is the same each time.
func sortedKeys(m protoreflect.Map) []protoreflect.MapKey {
	var keys []protoreflect.MapKey
	m.Range(func(k protoreflect.MapKey, _ protoreflect.Value) bool {
		keys = append(keys, k)
		return true
	})
	slices.SortFunc(keys, func(a, b protoreflect.MapKey) int {
		switch as, bs := a.String(), b.String(); {
		case as < bs:
			return -1
		case as > bs:
			return 1
		}
		return 0
	})
	return keys
}

func contains(all []string, s string) bool { return slices.Contains(all, s) }
