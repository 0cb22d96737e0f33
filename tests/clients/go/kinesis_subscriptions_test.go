package clients

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

var (
	fromTrimHorizon = types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}
	fromLatest      = types.StartingPosition{Type: types.ShardIteratorTypeLatest}
)

// registerConsumer returns the ARN of a new consumer of a stream.
func registerConsumer(t *testing.T, client *kinesis.Client, stream *string, name string) *string {
	t.Helper()
	registered := must[*kinesis.RegisterStreamConsumerOutput](t)(client.RegisterStreamConsumer(
		context.Background(), &kinesis.RegisterStreamConsumerInput{StreamARN: streamArn(stream), ConsumerName: &name},
	))
	return registered.Consumer.ConsumerARN
}

func tryToSubscribe(
	client *kinesis.Client, consumer *string, shard int, position types.StartingPosition,
) (*kinesis.SubscribeToShardOutput, error) {
	return client.SubscribeToShard(context.Background(), &kinesis.SubscribeToShardInput{
		ConsumerARN: consumer, ShardId: shardID(shard), StartingPosition: &position,
	})
}

// subscribeToShard returns the events of a subscription that is given up after the test.
func subscribeToShard(
	t *testing.T, client *kinesis.Client, consumer *string, shard int, position types.StartingPosition,
) *kinesis.SubscribeToShardEventStream {
	t.Helper()
	stream := must[*kinesis.SubscribeToShardOutput](t)(tryToSubscribe(client, consumer, shard, position)).GetStream()
	t.Cleanup(func() { stream.Close() })
	return stream
}

// nextEvent returns nil when the subscription is over.
func nextEvent(t *testing.T, stream *kinesis.SubscribeToShardEventStream) *types.SubscribeToShardEvent {
	t.Helper()
	select {
	case event, isOpen := <-stream.Events():
		if !isOpen {
			return nil
		}
		return &event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value
	case <-time.After(15 * time.Second):
		t.Fatal("no event came")
		return nil
	}
}

// subscribedRecords waits for so many records, from as many events as it takes.
func subscribedRecords(t *testing.T, stream *kinesis.SubscribeToShardEventStream, count int) []types.Record {
	t.Helper()
	found := []types.Record{}
	for len(found) < count {
		event := nextEvent(t, stream)
		if event == nil {
			t.Fatalf("the subscription ended after %d records: %v", len(found), stream.Err())
		}
		found = append(found, event.Records...)
	}
	return found
}

func TestKinesisSubscribersGetEverything(t *testing.T) {
	client := newKinesis()
	stream := createStream(t, client, 1, nil)
	putRecord(t, client, stream, "0")
	subscriptions := []*kinesis.SubscribeToShardEventStream{}
	for _, name := range []string{"first", "second"} {
		consumer := registerConsumer(t, client, stream, name)
		subscriptions = append(subscriptions, subscribeToShard(t, client, consumer, 0, fromTrimHorizon))
	}
	for _, subscription := range subscriptions {
		expectRecords(t, subscribedRecords(t, subscription, 1), "0")
	}
	expected := []string{}
	for number := range 50 {
		expected = append(expected, fmt.Sprint(number+1))
		putRecord(t, client, stream, expected[number])
	}
	for _, subscription := range subscriptions {
		expectRecords(t, subscribedRecords(t, subscription, 50), expected...)
	}
}

func TestKinesisSubscriberGoesOn(t *testing.T) {
	client := newKinesis()
	stream := createStream(t, client, 1, nil)
	consumer := registerConsumer(t, client, stream, "consumer")
	putRecord(t, client, stream, "before")
	first := subscribeToShard(t, client, consumer, 0, fromTrimHorizon)
	event := nextEvent(t, first)
	expectRecords(t, event.Records, "before")
	if *event.ContinuationSequenceNumber != *event.Records[0].SequenceNumber || *event.MillisBehindLatest != 0 {
		t.Errorf("event %v", event)
	}
	_, err := tryToSubscribe(client, consumer, 0, fromLatest)
	expectKinesisError[*types.ResourceInUseException](t, "subscribed twice", err)
	first.Close()
	putRecord(t, client, stream, "after")
	position := types.StartingPosition{
		Type: types.ShardIteratorTypeAfterSequenceNumber, SequenceNumber: event.ContinuationSequenceNumber,
	}
	// The server hears of the closed connection in its own time, but needn't wait the five seconds that protect the living.
	for deadline := time.Now().Add(4 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		answer, err := tryToSubscribe(client, consumer, 0, position)
		if err == nil {
			second := answer.GetStream()
			defer second.Close()
			expectRecords(t, subscribedRecords(t, second, 1), "after")
			return
		}
		expectKinesisError[*types.ResourceInUseException](t, "subscribed again", err)
		if time.Now().After(deadline) {
			t.Fatal("the subscription wasn't given up")
		}
	}
}

func TestKinesisSubscriberHearsOfTheEnd(t *testing.T) {
	client := newKinesis()
	stream := createStream(t, client, 1, nil)
	consumer := registerConsumer(t, client, stream, "consumer")
	subscription := subscribeToShard(t, client, consumer, 0, fromLatest)
	putRecord(t, client, stream, "last")
	must[*kinesis.SplitShardOutput](t)(client.SplitShard(context.Background(), &kinesis.SplitShardInput{
		StreamName: stream, ShardToSplit: shardID(0), NewStartingHashKey: hashKey(4),
	}))
	records := []types.Record{}
	event := nextEvent(t, subscription)
	for ; event != nil && event.ContinuationSequenceNumber != nil; event = nextEvent(t, subscription) {
		records = append(records, event.Records...)
	}
	if event == nil {
		t.Fatalf("the subscription ended without children: %v", subscription.Err())
	}
	expectRecords(t, append(records, event.Records...), "last")
	if len(event.ChildShards) != 2 || *event.ChildShards[1].ShardId != *shardID(2) ||
		*event.ChildShards[1].HashKeyRange.StartingHashKey != *hashKey(4) {
		t.Errorf("children %v", event.ChildShards)
	}
	if more := nextEvent(t, subscription); more != nil || subscription.Err() != nil {
		t.Errorf("after the end came %v, %v", more, subscription.Err())
	}
}

func TestKinesisSubscriptionFails(t *testing.T) {
	client := newKinesis()
	stream := createStream(t, client, 1, nil)
	consumer := registerConsumer(t, client, stream, "consumer")
	_, err := tryToSubscribe(client, consumer, 7, fromLatest)
	expectKinesisError[*types.ResourceNotFoundException](t, "no such shard", err)
	_, err = tryToSubscribe(client, aws.String(*consumer+"1"), 0, fromLatest)
	expectKinesisError[*types.ResourceNotFoundException](t, "no such consumer", err)
	_, err = tryToSubscribe(client, consumer, 0, types.StartingPosition{Type: types.ShardIteratorTypeAtSequenceNumber})
	expectKinesisError[*types.InvalidArgumentException](t, "no sequence number", err)
	subscription := subscribeToShard(t, client, consumer, 0, fromLatest)
	must[*kinesis.DeregisterStreamConsumerOutput](t)(client.DeregisterStreamConsumer(
		context.Background(), &kinesis.DeregisterStreamConsumerInput{ConsumerARN: consumer},
	))
	for event := nextEvent(t, subscription); event != nil; event = nextEvent(t, subscription) {
		expectRecords(t, event.Records)
	}
	if subscription.Err() == nil {
		t.Error("the subscription outlived its consumer in good order")
	}
}
