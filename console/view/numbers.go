package view

import "strconv"

// grouped is a whole number with its thousands apart.
func grouped(n int64) string {
	text, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		text, sign = text[1:], "-"
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return sign + text
}

// gigabytes is a number of gigabyte hours, short.
func gigabytes(f float64) string {
	if f != 0 && f < 0.0001 {
		return "< 0.0001"
	}
	return strconv.FormatFloat(f, 'f', 4, 64)
}

// sized is a number of bytes in the unit that reads best; 1 kB is 1000 bytes, as in what is accounted.
func sized(n int64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= 1000 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	if i == 0 {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + units[i]
}

// share is how much of a bound is used up; "": there is no bound of its own.
func share(used, bound int64) string {
	if bound <= 0 {
		return ""
	}
	return strconv.FormatFloat(float64(used)*100/float64(bound), 'f', 0, 64) + " % of its quota"
}
