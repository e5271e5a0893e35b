// Package redistest gives tests private Redis servers: one, a Cluster, or a master that Sentinels watch over. It is for tests only.
//
//	s := redistest.Start(t)                  s.URL() opens it; Kill and Run, Stop and Continue break it and mend it
//	c := redistest.StartCluster(t, 3)        of masters that share the slots
//	w := redistest.StartSentinel(t)          a master, a replica and the Sentinel that watches them
//
//	Start -> a shell that runs redis-server in a directory of its own, on a port of the loopback device, with a password that only we know
//	the end of the test, or of this process however it comes -> the shell ends the server and removes the directory
//
// Nothing is written to disk, so that a server that was killed comes back empty. Servers that somebody else runs are never touched.
// redis-server is found in PATH; deploy/ci/redis.sh installs it. A machine without it fails the tests: what is not tested does not work.
package redistest
