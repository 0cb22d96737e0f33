package clients

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startServer starts a Ninefold server of a test's own with more options, and returns its URL.
func startServer(t *testing.T, options ...string) string {
	t.Helper()
	arguments := []string{"serve", "--data", filepath.Join(t.TempDir(), "data"), "--port", "0", "--log-level", "warn"}
	server := exec.Command(os.Getenv("NINEFOLD_BINARY"), append(arguments, options...)...)
	server.Stderr = os.Stderr
	lines := bufio.NewScanner(must[io.ReadCloser](t)(server.StdoutPipe()))
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		late := time.AfterFunc(20*time.Second, func() { server.Process.Kill() })
		defer late.Stop()
		server.Process.Signal(syscall.SIGTERM)
		if err := server.Wait(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	late := time.AfterFunc(30*time.Second, func() { server.Process.Kill() })
	defer late.Stop()
	for lines.Scan() {
		if words := strings.Fields(lines.Text()); len(words) == 2 && words[0] == "endpoint" {
			return words[1]
		}
	}
	t.Fatal("the server printed no endpoint")
	return ""
}
