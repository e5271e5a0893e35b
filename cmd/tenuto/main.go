// Command tenuto is the server, its tools and its demo in one binary.
package main

func main() {}
