package console

import "net/http"

// runExpected is what each route of a run answers those who may use it, by method and what its path has after the workflow.
var runExpected = map[string]int{
	"GET":      http.StatusFound,
	"GET/:run": http.StatusOK,

	"GET/:run/trace":        http.StatusOK,
	"GET/:run/family":       http.StatusOK,
	"GET/:run/workers":      http.StatusOK,
	"GET/:run/query":        http.StatusOK,
	"GET/:run/data":         http.StatusOK,
	"GET/:run/compare":      http.StatusOK,
	"GET/:run/reset":        http.StatusOK,
	"GET/:run/again":        http.StatusOK,
	"GET/:run/history":      http.StatusOK,
	"GET/:run/history.json": http.StatusOK,

	"POST/:run/reset":     http.StatusSeeOther,
	"POST/:run/again":     http.StatusSeeOther,
	"POST/:run/signal":    http.StatusSeeOther,
	"POST/:run/update":    http.StatusSeeOther,
	"POST/:run/cancel":    http.StatusSeeOther,
	"POST/:run/terminate": http.StatusSeeOther,

	"GET/:run/activities/:activity/options":  http.StatusOK,
	"POST/:run/activities/:activity/options": http.StatusSeeOther,
	"POST/:run/activities/:activity/pause":   http.StatusSeeOther,
	"POST/:run/activities/:activity/unpause": http.StatusSeeOther,
	"POST/:run/activities/:activity/reset":   http.StatusSeeOther,
}
