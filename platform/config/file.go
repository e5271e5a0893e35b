package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseFile reads a YAML file strictly: every key is one of Keys, every value is a scalar, and nothing is said twice. It walks the document instead
// of decoding it into a struct, because an error must name the line and a word such as off must stay a word.
func parseFile(path string, text []byte) (layer, error) {
	p := fileParser{path: path, layer: layer{map[string]string{}, map[string]string{}}}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) { // empty, or nothing but comments
		return p.layer, nil
	} else if err != nil {
		return p.layer, notYAML(path, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return p.layer, fmt.Errorf("%s: it holds more than one YAML document", path)
	}
	return p.layer, p.mapping("", document.Content[0])
}

// notYAML keeps the line of the parser's complaint but not its words: they may quote a secret.
func notYAML(path string, err error) error {
	if line := regexp.MustCompile(`line \d+`).FindString(err.Error()); line != "" {
		return fmt.Errorf("%s, %s: this is not YAML", path, line)
	}
	return fmt.Errorf("%s: this is not YAML", path)
}

type fileParser struct {
	path string
	layer
}

// mapping reads the keys below prefix, which ends with a dot or is empty.
func (p *fileParser) mapping(prefix string, n *yaml.Node) error {
	if n.Tag == "!!null" { // a heading with nothing below it
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return p.errorf(n, "%s holds keys, not a value", orTheFile(strings.TrimSuffix(prefix, ".")))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if err := p.pair(prefix, n.Content[i], n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (p *fileParser) pair(prefix string, key, value *yaml.Node) error {
	name := prefix + key.Value
	_, isKey := keyNamed(name)
	if isHeading(name) && (!isKey || value.Kind == yaml.MappingNode) { // auth is a word, or a heading
		return p.mapping(name+".", value)
	}
	if !isKey {
		return p.errorf(key, "there is no key %s%s", name, didYouMean(name))
	}
	if _, twice := p.values[name]; twice {
		return p.errorf(key, "%s is set twice", name)
	}
	if value.Kind != yaml.ScalarNode {
		return p.errorf(value, "%s is one value, not a list or a group of keys", name)
	}
	if value.Tag == "!!null" { // as an empty environment variable: not set
		return nil
	}
	p.values[name], p.from[name] = value.Value, fmt.Sprintf("%s, line %d: %s", p.path, key.Line, name)
	return nil
}

func (p *fileParser) errorf(at *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s, line %d: %s", p.path, at.Line, fmt.Sprintf(format, args...))
}

func orTheFile(heading string) string {
	if heading == "" {
		return "the file"
	}
	return heading
}

// isHeading tells whether keys are nested below the name.
func isHeading(name string) bool {
	for _, k := range Keys {
		if strings.HasPrefix(k.Name, name+".") {
			return true
		}
	}
	return false
}
