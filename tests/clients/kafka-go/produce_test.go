package clients

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestBatchesComeBackAsTheyWereSent(t *testing.T) {
	compressions := map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}
	for name, compression := range compressions {
		t.Run(name, func(t *testing.T) {
			topic, sent := createTopic(t, 1, nil), []string{}
			for number := range 500 {
				sent = append(sent, fmt.Sprintf("message %d of a batch that is compressed", number))
			}
			records := produce(t, newClient(t, kgo.ProducerBatchCompression(compression)), topic, sent...)
			for offset, record := range records {
				expect(t, "offset", record.Offset, int64(offset))
			}
			expectAll(t, "values", values(readAll(t, topic, len(sent))), sent)
		})
	}
}

func TestKeysHeadersAndTimes(t *testing.T) {
	topic := createTopic(t, 1, nil)
	sent := &kgo.Record{
		Topic: topic, Key: []byte("key"), Value: []byte("value"), Timestamp: time.UnixMilli(1_790_000_000_123),
		Headers: []kgo.RecordHeader{{Key: "trace", Value: []byte("1")}, {Key: "trace", Value: []byte("2")}},
	}
	check(t, newClient(t).ProduceSync(withDeadline(t), sent).FirstErr())
	found := readAll(t, topic, 1)[0]
	expect(t, "key", string(found.Key), "key")
	expect(t, "time", found.Timestamp.UnixMilli(), 1_790_000_000_123)
	expect(t, "headers", len(found.Headers), 2)
	expect(t, "second header", string(found.Headers[1].Value), "2")
}

func TestWhatIsTooLargeIsRefused(t *testing.T) {
	limit := "2000"
	topic := createTopic(t, 1, map[string]*string{"max.message.bytes": &limit})
	client := newClient(t, kgo.ProducerBatchCompression(kgo.NoCompression()))
	err := client.ProduceSync(withDeadline(t), &kgo.Record{Topic: topic, Value: make([]byte, 5000)}).FirstErr()
	if !errors.Is(err, kerr.MessageTooLarge) {
		t.Errorf("%v instead of %v", err, kerr.MessageTooLarge)
	}
}

func TestATopicIsCreatedForItsFirstRecord(t *testing.T) {
	topic := uniqueName("unmade")
	produce(t, newClient(t, kgo.AllowAutoTopicCreation()), topic, "first")
	expectAll(t, "values", values(readAll(t, topic, 1)), []string{"first"})
}
