package worker

import (
	"fmt"
	"reflect"

	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
)

// registry holds the activities by name. It is filled before the worker starts and only read afterwards.
type registry map[string]*function

// add registers a function, or every exported method of a struct that is an activity by its signature.
func (r registry) add(activity any) error {
	v := reflect.ValueOf(activity)
	if !v.IsValid() {
		return fmt.Errorf("nil is not an activity")
	}
	if v.Kind() != reflect.Func {
		return r.addMethods(v)
	}
	name, err := funcname.Of(activity)
	if err != nil {
		return err
	}
	return r.addAs(name, activity)
}

func (r registry) addAs(name string, activity any) error {
	if name == "" {
		return fmt.Errorf("an activity needs a name")
	}
	v := reflect.ValueOf(activity)
	if v.Kind() != reflect.Func || v.IsNil() {
		return fmt.Errorf("activity %s: %T is not a function", name, activity)
	}
	f, err := newFunction(v)
	if err != nil {
		return fmt.Errorf("activity %s: %w", name, err)
	}
	if r[name] != nil {
		return fmt.Errorf("activity %s is registered twice", name)
	}
	r[name] = f
	return nil
}

func (r registry) addMethods(v reflect.Value) error {
	found := false
	for i := range v.NumMethod() {
		if _, err := newFunction(v.Method(i)); err != nil {
			continue
		}
		if err := r.addAs(v.Type().Method(i).Name, v.Method(i).Interface()); err != nil {
			return err
		}
		found = true
	}
	if !found {
		return fmt.Errorf("%s has no method that is an activity", v.Type())
	}
	return nil
}
