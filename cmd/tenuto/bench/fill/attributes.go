package fill

import (
	"context"
	"encoding/json"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/orchestration/search"
)

// attributes are what runs are given with Config.Attributes, from values that few runs have to values that most have.
var attributes = search.Attributes{
	"FillCustomer": search.Keyword,     // a hundred thousand customers
	"FillRegion":   search.Keyword,     // five regions
	"FillAmount":   search.Int,         // evenly up to a million
	"FillTags":     search.KeywordList, // two of a hundred
	"FillNote":     search.Text,        // two words of two hundred and fifty
}

// define defines the attributes in the namespaces.
func (c *Config) define(ctx context.Context) error {
	for i := range c.NamespaceCount {
		if err := c.Namespaces.AddSearchAttributes(ctx, namespaceName(i), attributes); err != nil {
			return err
		}
	}
	return nil
}

// attributesOf are those of the n-th run.
func attributesOf(n int) *commonpb.SearchAttributes {
	fields := map[string]*commonpb.Payload{}
	for name, v := range map[string]any{
		"FillCustomer": fmt.Sprintf("customer-%d", n*7919%100_000), "FillRegion": fmt.Sprintf("region-%d", n%5), "FillAmount": n * 31337 % 1_000_000,
		"FillTags": []string{fmt.Sprintf("tag-%d", n%100), fmt.Sprintf("tag-%d", n%67)}, "FillNote": fmt.Sprintf("word%d word%d", n%250, n%249),
	} {
		data, err := json.Marshal(v)
		if err != nil {
			panic(err) // texts and numbers always are JSON
		}
		fields[name] = &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: data}
	}
	return attributes.Typed(&commonpb.SearchAttributes{IndexedFields: fields})
}
