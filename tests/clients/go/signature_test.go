package clients

import (
	"crypto"
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
)

var signed = map[string][]string{
	"Notification": {"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"},
	"SubscriptionConfirmation": {
		"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
	},
}

// verify checks a signature with what Go brings, as the Amazon SNS Developer Guide describes it in "Verifying the
// signatures of Amazon SNS messages". (The check that x509 has refuses SHA-1.)
func verify(t *testing.T, document map[string]string) {
	t.Helper()
	text := strings.Builder{}
	for _, name := range signed[document["Type"]] {
		if value, present := document[name]; present {
			text.WriteString(name + "\n" + value + "\n")
		}
	}
	block, _ := pem.Decode(fetch(t, document["SigningCertURL"]))
	if block == nil {
		t.Fatalf("no certificate at %s", document["SigningCertURL"])
	}
	certificate := must[*x509.Certificate](t)(x509.ParseCertificate(block.Bytes))
	hash, known := map[string]crypto.Hash{"1": crypto.SHA1, "2": crypto.SHA256}[document["SignatureVersion"]]
	if !known {
		t.Fatalf("signature version %q", document["SignatureVersion"])
	}
	digest := hash.New()
	digest.Write([]byte(text.String()))
	signature := must[[]byte](t)(base64.StdEncoding.DecodeString(document["Signature"]))
	err := rsa.VerifyPKCS1v15(certificate.PublicKey.(*rsa.PublicKey), hash, digest.Sum(nil), signature)
	if err != nil {
		t.Errorf("signature version %s: %v", document["SignatureVersion"], err)
	}
}
