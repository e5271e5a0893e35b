package view

import enumspb "go.temporal.io/api/enums/v1"

// look is how a status is told apart: by word, by shape of its icon, by class (colour and line pattern). Never by colour alone.
type look struct {
	word  string
	class string
	path  string // SVG path on a 16×16 grid
}

const (
	pathClock   = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 5v3.2l2 1.3"
	pathTick    = "M3 8.5 6.5 12 13 4.5"
	pathCross   = "M4 4l8 8M12 4l-8 8"
	pathSlash   = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM4 12 12 4"
	pathSquare  = "M4 4h8v8H4Z"
	pathArrow   = "M3 8h9M9 4.5 12.5 8 9 11.5"
	pathWarning = "M8 2 14.5 13.5h-13ZM8 6.5v3.2M8 11.6v.4"
	pathGlass   = "M4 2h8M4 14h8M5 2c0 4 6 8 6 12M11 2c0 4-6 8-6 12"
)

var looks = map[enumspb.WorkflowExecutionStatus]look{
	enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING:          {"Running", "running", pathClock},
	enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED:        {"Completed", "completed", pathTick},
	enumspb.WORKFLOW_EXECUTION_STATUS_FAILED:           {"Failed", "failed", pathCross},
	enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:         {"Canceled", "canceled", pathSlash},
	enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED:       {"Terminated", "terminated", pathSquare},
	enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW: {"Continued as new", "continued", pathArrow},
	enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:        {"Timed out", "timedout", pathGlass},
}

func lookOf(s enumspb.WorkflowExecutionStatus) look {
	if l, ok := looks[s]; ok {
		return l
	}
	return look{s.String(), "unknown", pathSquare}
}
