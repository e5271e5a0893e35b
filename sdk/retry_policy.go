package sdk

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// RetryPolicy says how the server retries a failed activity or workflow. The delay before attempt n+1 is
// InitialInterval × BackoffCoefficient^(n-1), at most MaximumInterval. The zero value means the server's defaults.
type RetryPolicy struct {
	// InitialInterval is the delay before the second attempt. Zero: one second.
	InitialInterval time.Duration
	// BackoffCoefficient multiplies the delay after each attempt; at least 1. Zero: 2.
	BackoffCoefficient float64
	// MaximumInterval caps the delay. Zero: 100 × InitialInterval.
	MaximumInterval time.Duration
	// MaximumAttempts counts the first attempt. Zero: no limit, 1: no retry.
	MaximumAttempts int32
	// NonRetryableErrorTypes lists [ApplicationError] types that end the retries at once.
	NonRetryableErrorTypes []string
}

// Proto returns the policy as the wire has it, nil for a nil policy. Fields left zero stay unset, so that the server fills
// them in, except BackoffCoefficient, whose default of 2 some servers do not supply.
func (p *RetryPolicy) Proto() *commonpb.RetryPolicy {
	if p == nil {
		return nil
	}
	wire := &commonpb.RetryPolicy{
		BackoffCoefficient:     p.BackoffCoefficient,
		MaximumAttempts:        p.MaximumAttempts,
		NonRetryableErrorTypes: p.NonRetryableErrorTypes,
	}
	if wire.BackoffCoefficient == 0 {
		wire.BackoffCoefficient = 2
	}
	if p.InitialInterval != 0 {
		wire.InitialInterval = durationpb.New(p.InitialInterval)
	}
	if p.MaximumInterval != 0 {
		wire.MaximumInterval = durationpb.New(p.MaximumInterval)
	}
	return wire
}

// RetryPolicyFromProto is the inverse of [RetryPolicy.Proto]. It returns nil for nil.
func RetryPolicyFromProto(wire *commonpb.RetryPolicy) *RetryPolicy {
	if wire == nil {
		return nil
	}
	return &RetryPolicy{
		InitialInterval:        wire.GetInitialInterval().AsDuration(),
		BackoffCoefficient:     wire.GetBackoffCoefficient(),
		MaximumInterval:        wire.GetMaximumInterval().AsDuration(),
		MaximumAttempts:        wire.GetMaximumAttempts(),
		NonRetryableErrorTypes: wire.GetNonRetryableErrorTypes(),
	}
}
