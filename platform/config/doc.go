// Package config is what a process can be told, and what it refuses to be told.
//
// Each command has one struct. Every field says its meaning, unit, default and limit; Validate refuses a value that cannot work with one
// sentence that names the flag. A new field needs a reason: a value that nobody would ever change belongs in the code that uses it.
package config
