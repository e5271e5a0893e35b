package callsite

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// depth bounds what is captured. Application code is a handful of frames below the SDK's own.
const depth = 32

// Site is a captured call stack, innermost call first. The zero value is an unknown place.
type Site struct {
	counters [depth]uintptr
	length   int
}

// Capture remembers the stack of the caller of its caller.
func Capture() Site {
	var site Site
	site.length = runtime.Callers(3, site.counters[:])
	return site
}

// String names the innermost line of application code: "function (file.go:line)". It is "an unknown place" for the zero Site.
func (s Site) String() string {
	if frames := s.frames(); len(frames) > 0 {
		return fmt.Sprintf("%s (%s:%d)", shortFunction(frames[0].Function), filepath.Base(frames[0].File), frames[0].Line)
	}
	return "an unknown place"
}

// Trace lists the application's frames as a goroutine dump does, two lines for each, without this SDK's own.
func (s Site) Trace() string {
	var text strings.Builder
	for _, frame := range s.frames() {
		fmt.Fprintf(&text, "%s\n\t%s:%d\n", frame.Function, frame.File, frame.Line)
	}
	return text.String()
}

func (s Site) frames() []runtime.Frame {
	var application []runtime.Frame
	frames := runtime.CallersFrames(s.counters[:s.length])
	for {
		frame, more := frames.Next()
		if frame.Function != "" && !machinery(frame.Function) {
			application = append(application, frame)
		}
		if !more {
			return application
		}
	}
}

// rooms are the packages whose frames are not the application's. The dot keeps their external tests visible.
var rooms = []string{
	"github.com/tenuto-io/tenuto/sdk/workflow.",
	"github.com/tenuto-io/tenuto/sdk/internal/callsite.",
	"github.com/tenuto-io/tenuto/sdk/internal/coroutine.",
	"github.com/tenuto-io/tenuto/sdk/internal/machine.",
	"github.com/tenuto-io/tenuto/sdk/internal/replay.",
	"reflect.",
	"runtime.",
	"iter.",
}

func machinery(function string) bool {
	for _, room := range rooms {
		if strings.HasPrefix(function, room) {
			return true
		}
	}
	return false
}

// shortFunction drops the directories of the import path: "github.com/acme/bank.Transfer" becomes "bank.Transfer".
func shortFunction(function string) string {
	// Type arguments in brackets may hold slashes of their own.
	path, arguments, generic := strings.Cut(function, "[")
	path = path[strings.LastIndexByte(path, '/')+1:]
	if generic {
		return path + "[" + arguments
	}
	return path
}
