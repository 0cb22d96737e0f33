// Package clients tests Ninefold's Kafka broker with franz-go.
package clients

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const wait = 40 * time.Second

func withDeadline(t *testing.T) context.Context {
	t.Helper()
	deadline, cancel := context.WithTimeout(context.Background(), wait)
	t.Cleanup(cancel)
	return deadline
}

// must returns a function that takes what a call returned, and fails the test if that is an error.
func must[Value any](t *testing.T) func(Value, error) Value {
	return func(value Value, err error) Value {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newClient connects to the broker, until the test ends.
func newClient(t *testing.T, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	seeds := kgo.SeedBrokers(os.Getenv("NINEFOLD_KAFKA"))
	client := must[*kgo.Client](t)(kgo.NewClient(append([]kgo.Opt{seeds}, options...)...))
	t.Cleanup(client.Close)
	return client
}

func newAdmin(t *testing.T) *kadm.Client {
	t.Helper()
	return kadm.NewClient(newClient(t))
}

func uniqueName(prefix string) string { return fmt.Sprintf("%s-%d", prefix, time.Now().UnixNano()) }

// createTopic creates a topic that is there until the test ends.
func createTopic(t *testing.T, partitions int32, configs map[string]*string) string {
	t.Helper()
	admin, name := newAdmin(t), uniqueName("go")
	must[kadm.CreateTopicResponse](t)(admin.CreateTopic(withDeadline(t), partitions, 1, configs, name))
	t.Cleanup(func() {
		admin := kadm.NewClient(must[*kgo.Client](t)(kgo.NewClient(kgo.SeedBrokers(os.Getenv("NINEFOLD_KAFKA")))))
		defer admin.Close()
		if _, err := admin.DeleteTopic(context.Background(), name); err != nil {
			t.Error(err)
		}
	})
	return name
}

// produce sends a record for each value and returns them once all are acknowledged.
func produce(t *testing.T, client *kgo.Client, topic string, values ...string) []*kgo.Record {
	t.Helper()
	records := []*kgo.Record{}
	for _, value := range values {
		records = append(records, &kgo.Record{Topic: topic, Value: []byte(value)})
	}
	check(t, client.ProduceSync(withDeadline(t), records...).FirstErr())
	return records
}

// consume polls clients in turn until there are so many records.
func consume(t *testing.T, count int, clients ...*kgo.Client) []*kgo.Record {
	t.Helper()
	found, deadline := []*kgo.Record{}, withDeadline(t)
	for len(found) < count {
		for _, client := range clients {
			turn, cancel := context.WithTimeout(deadline, 100*time.Millisecond)
			client.PollFetches(turn).EachRecord(func(record *kgo.Record) { found = append(found, record) })
			cancel()
		}
		if deadline.Err() != nil {
			t.Fatalf("%d records instead of %d", len(found), count)
		}
	}
	return found
}

// readAll reads so many records of a topic from its beginning.
func readAll(t *testing.T, topic string, count int, options ...kgo.Opt) []*kgo.Record {
	t.Helper()
	start := kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())
	return consume(t, count, newClient(t, append(options, kgo.ConsumeTopics(topic), start)...))
}

func values(records []*kgo.Record) []string {
	found := []string{}
	for _, record := range records {
		found = append(found, string(record.Value))
	}
	return found
}

func expect[Value comparable](t *testing.T, what string, found, expected Value) {
	t.Helper()
	if found != expected {
		t.Errorf("%s: %v instead of %v", what, found, expected)
	}
}

func expectAll[Value comparable](t *testing.T, what string, found, expected []Value) {
	t.Helper()
	if !slices.Equal(found, expected) {
		t.Errorf("%s: %v instead of %v", what, found, expected)
	}
}
