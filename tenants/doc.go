// Package tenants keeps who uses the installation: its namespaces.
//
//	Directory   register, describe, list; name -> Namespace from memory
//	  Store       what a driver keeps: tenants/sqlite; tenantstest is the suite for drivers
//
// The engine knows namespaces by id alone; the directory is where the edge turns a request's name into that id. The directory's memory
// is a hint: it may be some seconds old, and nothing that must be exact is decided on it.
package tenants
