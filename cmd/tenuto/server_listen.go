package main

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// listen binds the address of a flag, or says in one sentence why not and what to do.
func listen(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another process: stop that one, or choose another address with %s", address, flag)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s is not an address of this machine: choose another with %s", address, flag)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s needs more rights than this process has: choose a port from 1024 up with %s", address, flag)
	}
	return nil, fmt.Errorf("cannot listen on %s (%s): %w", address, flag, err)
}
