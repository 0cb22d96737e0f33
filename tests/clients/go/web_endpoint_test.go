package clients

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A post is what a topic sent to a web endpoint.
type post struct {
	header http.Header
	body   []byte
}

func (p post) kind() string { return p.header.Get("x-amz-sns-message-type") }

func (p post) document(t *testing.T) map[string]string {
	t.Helper()
	document := map[string]string{}
	if err := json.Unmarshal(p.body, &document); err != nil {
		t.Fatalf("%v in %s", err, p.body)
	}
	return document
}

// A webEndpoint is a web server on loopback that keeps what is posted to it.
type webEndpoint struct {
	url   string
	posts chan post
}

func newWebEndpoint(t *testing.T) webEndpoint {
	t.Helper()
	posts := make(chan post, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Error(err)
		}
		posts <- post{request.Header, body}
	}))
	t.Cleanup(server.Close)
	return webEndpoint{server.URL, posts}
}

// next waits for the next post, and expects it to be of a kind.
func (w webEndpoint) next(t *testing.T, kind string) post {
	t.Helper()
	select {
	case post := <-w.posts:
		if post.kind() != kind {
			t.Fatalf("a %s came instead of a %s: %s", post.kind(), kind, post.body)
		}
		return post
	case <-time.After(15 * time.Second):
		t.Fatalf("no %s came", kind)
		return post{}
	}
}

// confirm follows the link in the confirmation that comes next, and returns the confirmation.
func (w webEndpoint) confirm(t *testing.T) post {
	t.Helper()
	confirmation := w.next(t, "SubscriptionConfirmation")
	fetch(t, confirmation.document(t)["SubscribeURL"])
	return confirmation
}

func fetch(t *testing.T, url string) []byte {
	t.Helper()
	answer := must[*http.Response](t)(http.Get(url))
	defer answer.Body.Close()
	body := must[[]byte](t)(io.ReadAll(answer.Body))
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s answered %s: %s", url, answer.Status, body)
	}
	return body
}
