package clients

import (
	"bytes"
	"io"
	"net/http"
)

// A wholeRequests client sends requests from memory, in one piece.
//
// The SDK's own bodies go out after the headers, and are closed as soon as an answer begins. When that is before the
// transport has looked for the end of the body, it takes the closed body for a failure and closes the connection under
// the answer: "use of closed network connection". A server on loopback is quick enough for that.
type wholeRequests struct{ http.Client }

func (c *wholeRequests) Do(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	whole := request.Clone(request.Context())
	whole.Body = io.NopCloser(bytes.NewReader(body))
	return c.Client.Do(whole)
}
