package workers

import (
	"slices"
	"strings"
)

// Merge makes one page of those that nodes have read after the same key: the newest word of each worker. It ends where the first of them ends that has more.
func Merge(pages []Page) (merged Page) {
	newest, end := make(map[string]Worker), ""
	for _, p := range pages {
		for _, w := range p.Workers {
			if have, ok := newest[w.key()]; !ok || have.older(w) {
				newest[w.key()] = w
			}
		}
		if n := len(p.Workers); p.More && n > 0 && (!merged.More || p.Workers[n-1].key() < end) {
			merged.More, end = true, p.Workers[n-1].key()
		}
	}
	for key, w := range newest {
		if !merged.More || key <= end {
			merged.Workers = append(merged.Workers, w)
		}
	}
	slices.SortFunc(merged.Workers, func(a, b Worker) int { return strings.Compare(a.key(), b.key()) })
	return merged
}
