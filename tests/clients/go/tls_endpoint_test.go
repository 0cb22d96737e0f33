package clients

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// The access token that is given to who asks for one.
const accessToken = "a-token"

// A request is what came to a tlsEndpoint.
type request struct {
	method, url, body string
	header            http.Header
}

// A tlsEndpoint is a web server on loopback that speaks TLS and keeps what comes. At /token it gives access tokens.
type tlsEndpoint struct {
	url string
	// The certificate that its clients have to trust, a file in PEM.
	certificate      string
	requests, tokens chan request
	refusals         atomic.Int32
}

func newTlsEndpoint(t *testing.T) *tlsEndpoint {
	t.Helper()
	endpoint := &tlsEndpoint{requests: make(chan request, 100), tokens: make(chan request, 100)}
	pair := newCertificate(t)
	endpoint.certificate = filepath.Join(t.TempDir(), "certificate.pem")
	encoded := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})
	if err := os.WriteFile(endpoint.certificate, encoded, 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(answer http.ResponseWriter, came *http.Request) {
		body, err := io.ReadAll(came.Body)
		if err != nil {
			t.Error(err)
		}
		endpoint.answer(answer, request{came.Method, came.URL.String(), string(body), came.Header})
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.StartTLS()
	t.Cleanup(server.Close)
	endpoint.url = server.URL
	return endpoint
}

func (e *tlsEndpoint) answer(answer http.ResponseWriter, came request) {
	if came.url == "/token" {
		e.tokens <- came
		answer.Header().Set("Content-Type", "application/json")
		io.WriteString(answer, `{"access_token": "`+accessToken+`", "token_type": "Bearer", "expires_in": 3600}`)
		return
	}
	e.requests <- came
	if e.refusals.Add(-1) >= 0 {
		answer.WriteHeader(http.StatusServiceUnavailable)
	}
}

// refuse answers the next requests with status 503.
func (e *tlsEndpoint) refuse(requests int32) { e.refusals.Store(requests) }

// next waits for the next of the requests that come.
func next(t *testing.T, requests chan request) request {
	t.Helper()
	select {
	case request := <-requests:
		return request
	case <-time.After(15 * time.Second):
		t.Fatal("no request came")
		return request{}
	}
}

// newCertificate makes one for loopback that is its own authority.
func newCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	made := must[[]byte](t)(x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key))
	return tls.Certificate{Certificate: [][]byte{made}, PrivateKey: key}
}
