package transcode

import (
	"errors"
	"net/http"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
)

// httpStatus is the status of HTTP that fits a code of gRPC, as google.rpc.Code says.
var httpStatus = map[codes.Code]int{
	codes.OK:                 http.StatusOK,
	codes.Canceled:           499,
	codes.InvalidArgument:    http.StatusBadRequest,
	codes.DeadlineExceeded:   http.StatusGatewayTimeout,
	codes.NotFound:           http.StatusNotFound,
	codes.AlreadyExists:      http.StatusConflict,
	codes.PermissionDenied:   http.StatusForbidden,
	codes.ResourceExhausted:  http.StatusTooManyRequests,
	codes.FailedPrecondition: http.StatusBadRequest,
	codes.Aborted:            http.StatusConflict,
	codes.OutOfRange:         http.StatusBadRequest,
	codes.Unimplemented:      http.StatusNotImplemented,
	codes.Unavailable:        http.StatusServiceUnavailable,
	codes.Unauthenticated:    http.StatusUnauthorized,
}

// writeError answers with an error.
func writeError(w http.ResponseWriter, err error) {
	st := status.Convert(err)
	code, known := httpStatus[st.Code()]
	switch {
	case errors.Is(err, errVerb):
		code, st = http.StatusMethodNotAllowed, status.New(codes.Unimplemented, err.Error())
	case !known:
		code = http.StatusInternalServerError
	}
	if code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	text, err := protojson.Marshal(st.Proto())
	if err != nil { // a detail that this program does not know
		text, _ = protojson.Marshal(status.New(st.Code(), st.Message()).Proto())
	}
	w.WriteHeader(code)
	_, _ = w.Write(append(text, '\n')) // who has hung up misses it
}
