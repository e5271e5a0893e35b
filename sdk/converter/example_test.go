package converter_test

import (
	"bytes"
	"fmt"

	"github.com/tenuto-io/tenuto/sdk/converter"
)

// With a codec, the server and everyone who reads its database sees ciphertext.
func ExampleNewCodecDataConverter() {
	codec, err := converter.NewAESCodec("2026-01", map[string][]byte{"2026-01": bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		fmt.Println(err)
		return
	}
	data := converter.NewCodecDataConverter(converter.Default(), codec)

	payloads, err := data.ToPayloads("account of Ada")
	if err != nil {
		fmt.Println(err)
		return
	}
	sealed := payloads.GetPayloads()[0]
	fmt.Printf("%s, key %s\n", sealed.GetMetadata()["encoding"], sealed.GetMetadata()["encryption-key-id"])

	var account string
	fmt.Println(data.FromPayloads(payloads, &account), account)
	// Output:
	// binary/encrypted, key 2026-01
	// <nil> account of Ada
}
