package sdk_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/tenuto-io/tenuto/sdk"
)

// A caller branches on the type that the failing code gave its error.
func ExampleApplicationError() {
	err := error(&sdk.ActivityError{
		ActivityType: "Debit",
		Cause:        sdk.NewNonRetryableError("balance is 3, not 5", "InsufficientFunds", nil, 3),
	})
	var failed *sdk.ApplicationError
	if errors.As(err, &failed) && failed.Type == "InsufficientFunds" {
		balance, _ := sdk.DetailAs[int](failed.Details)
		fmt.Println("balance:", balance)
	}
	fmt.Println(err)
	// Output:
	// balance: 3
	// activity Debit failed: balance is 3, not 5
}

// Cancellations and timeouts are those that Go code knows.
func ExampleCanceledError() {
	err := error(&sdk.ActivityError{ActivityType: "Export", Cause: sdk.NewCanceledError()})
	fmt.Println(errors.Is(err, context.Canceled), sdk.IsCanceled(err))
	// Output: true true
}
