package config

import "strings"

// farthest is how many changes away a key may be to be meant; of a short word at most half.
const farthest = 3

// didYouMean is a hint to append to a complaint about a key that does not exist; empty when no key is near.
func didYouMean(name string) string {
	best, least := "", min(farthest, len(name)/2)+1
	for _, k := range Keys {
		d := distance(name, k.Name)
		if lastPart(name) == lastPart(k.Name) { // somebody knows the key but not where it is nested
			d = 1
		}
		if d < least {
			best, least = k.Name, d
		}
	}
	if best == "" {
		return ""
	}
	return ": did you mean " + best + "?"
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// distance is the number of bytes to insert, delete or replace to make b of a (Levenshtein's).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal, row[j+1] = row[j+1], min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
