package edge

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

// mapErrors turns the error of a call into its gRPC status. An error whose text is not for clients is logged.
func (c *chain) mapErrors(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	resp, err := next(ctx, req)
	if err == nil {
		return resp, nil
	}
	st, known := statusOf(err)
	if !known {
		c.log.Error("call failed unexpectedly", "method", info.FullMethod, "error", err)
	} else if st.Code() == codes.DataLoss {
		c.log.Error("stored data cannot be read", "method", info.FullMethod, "error", err)
	}
	return nil, st.Err()
}
