// Package config is what a process can be told, and what it refuses to be told.
//
//	flags > environment > file > default
//	       \      |       /
//	        Load(Sources) ──► Server ──► Validate ──► the rooms
//	                Keys ──► docs/configuration.md, tenuto config check
//
// Each command has one struct. Every field says its meaning, unit, default and limit; Validate refuses a value that cannot work with one
// sentence that names the flag, the variable or the line of the file. The keys of Server are a table, Keys, from which its reference page is
// made. A new field needs a reason: a value that nobody would ever change belongs in the code that uses it.
//
// Secrets can be read from files. No error and no listing shows one.
package config
