package clients

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func newKinesis() *kinesis.Client { return kinesis.NewFromConfig(config()) }

// createStream creates a data stream that is deleted after the test with its consumers, and returns its name.
func createStream(t *testing.T, client *kinesis.Client, shards int32, tags map[string]string) *string {
	t.Helper()
	name := fmt.Sprintf("go-%d", time.Now().UnixNano())
	must[*kinesis.CreateStreamOutput](t)(client.CreateStream(context.Background(), &kinesis.CreateStreamInput{
		StreamName: &name, ShardCount: &shards, Tags: tags,
	}))
	t.Cleanup(func() {
		_, err := client.DeleteStream(context.Background(), &kinesis.DeleteStreamInput{
			StreamName: &name, EnforceConsumerDeletion: aws.Bool(true),
		})
		if err != nil {
			t.Error(err)
		}
	})
	waiter := kinesis.NewStreamExistsWaiter(client)
	err := waiter.Wait(context.Background(), &kinesis.DescribeStreamInput{StreamName: &name}, 15*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return &name
}

func streamArn(stream *string) *string {
	return aws.String("arn:aws:kinesis:us-east-1:123456789012:stream/" + *stream)
}

func shardID(number int) *string { return aws.String(fmt.Sprintf("shardId-%012d", number)) }

// hashKey is where the so-manieth eighth of all hash keys begins.
func hashKey(eighth int64) *string {
	return aws.String(new(big.Int).Lsh(big.NewInt(eighth), 125).String())
}

func putRecord(t *testing.T, client *kinesis.Client, stream *string, text string) *kinesis.PutRecordOutput {
	t.Helper()
	return must[*kinesis.PutRecordOutput](t)(client.PutRecord(context.Background(), &kinesis.PutRecordInput{
		StreamName: stream, PartitionKey: aws.String("key"), Data: []byte(text),
	}))
}

func shardIterator(t *testing.T, client *kinesis.Client, input *kinesis.GetShardIteratorInput) *string {
	t.Helper()
	found := must[*kinesis.GetShardIteratorOutput](t)(client.GetShardIterator(context.Background(), input))
	return found.ShardIterator
}

func getRecords(t *testing.T, client *kinesis.Client, iterator *string) *kinesis.GetRecordsOutput {
	t.Helper()
	return must[*kinesis.GetRecordsOutput](t)(client.GetRecords(context.Background(), &kinesis.GetRecordsInput{
		ShardIterator: iterator,
	}))
}

// getAllRecords reads a shard from its start, page by page, to its end or that of what there is.
func getAllRecords(t *testing.T, client *kinesis.Client, stream *string, shard int) []types.Record {
	t.Helper()
	next := shardIterator(t, client, &kinesis.GetShardIteratorInput{
		StreamName: stream, ShardId: shardID(shard), ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
	})
	found := []types.Record{}
	for deadline := time.Now().Add(15 * time.Second); next != nil; {
		if time.Now().After(deadline) {
			t.Fatal("the shard has no end")
		}
		page := getRecords(t, client, next)
		found = append(found, page.Records...)
		next = page.NextShardIterator
		if len(page.Records) == 0 && *page.MillisBehindLatest == 0 {
			break
		}
	}
	return found
}

func expectRecords(t *testing.T, records []types.Record, expected ...string) {
	t.Helper()
	found := []string{}
	for _, record := range records {
		found = append(found, string(record.Data))
	}
	if !slices.Equal(found, expected) {
		t.Fatalf("found %q, not %q", found, expected)
	}
}

func TestKinesisPutAndGet(t *testing.T) {
	client := newKinesis()
	stream := createStream(t, client, 1, nil)
	octets := make([]byte, 256)
	for place := range octets {
		octets[place] = byte(place)
	}
	put := must[*kinesis.PutRecordOutput](t)(client.PutRecord(context.Background(), &kinesis.PutRecordInput{
		StreamARN: streamArn(stream), PartitionKey: aws.String("schlüssel"), Data: octets,
	}))
	records := getAllRecords(t, client, stream, 0)
	if len(records) != 1 || !slices.Equal(records[0].Data, octets) || *records[0].PartitionKey != "schlüssel" {
		t.Fatalf("found %v", records)
	}
	if *records[0].SequenceNumber != *put.SequenceNumber || *put.ShardId != *shardID(0) {
		t.Errorf("put %v, found %v", put, records[0])
	}
	if age := time.Since(*records[0].ApproximateArrivalTimestamp); age.Abs() > time.Minute {
		t.Errorf("the record came %v ago", age)
	}
}

func TestKinesisPutLoop(t *testing.T) {
	client := newKinesis()
	stream := createStream(t, client, 1, nil)
	iterator := shardIterator(t, client, &kinesis.GetShardIteratorInput{
		StreamName: stream, ShardId: shardID(0), ShardIteratorType: types.ShardIteratorTypeLatest,
	})
	last := new(big.Int)
	for number := range 50 {
		put := putRecord(t, client, stream, fmt.Sprint(number))
		sequence, _ := new(big.Int).SetString(*put.SequenceNumber, 10)
		if sequence.Cmp(last) <= 0 {
			t.Fatalf("%v comes after %v", sequence, last)
		}
		last = sequence
		page := getRecords(t, client, iterator)
		expectRecords(t, page.Records, fmt.Sprint(number))
		if *page.MillisBehindLatest != 0 {
			t.Errorf("%d ms behind the tip", *page.MillisBehindLatest)
		}
		iterator = page.NextShardIterator
	}
}

func TestKinesisIterators(t *testing.T) {
	client := newKinesis()
	stream := createStream(t, client, 1, nil)
	first := putRecord(t, client, stream, "first")
	putRecord(t, client, stream, "second")
	arrived := getAllRecords(t, client, stream, 0)[0].ApproximateArrivalTimestamp
	for _, each := range []struct {
		input    kinesis.GetShardIteratorInput
		expected []string
	}{
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeTrimHorizon}, []string{"first", "second"}},
		{kinesis.GetShardIteratorInput{
			ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: first.SequenceNumber,
		}, []string{"first", "second"}},
		{kinesis.GetShardIteratorInput{
			ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: first.SequenceNumber,
		}, []string{"second"}},
		{kinesis.GetShardIteratorInput{
			ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: arrived,
		}, []string{"first", "second"}},
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest}, []string{}},
	} {
		each.input.StreamName, each.input.ShardId = stream, shardID(0)
		expectRecords(t, getRecords(t, client, shardIterator(t, client, &each.input)).Records, each.expected...)
	}
}

// A stream with AWS's limits takes a part of a batch, and says of which records it did not.
func TestKinesisPutRecordsInPart(t *testing.T) {
	client := newKinesis()
	stream := createStream(t, client, 1, map[string]string{"ninefold:throttling": "aws"})
	entries := []types.PutRecordsRequestEntry{}
	for number := range 40 {
		data := fmt.Sprintf("%02d%s", number, strings.Repeat("x", 100_000))
		entries = append(entries, types.PutRecordsRequestEntry{PartitionKey: aws.String("key"), Data: []byte(data)})
	}
	put := must[*kinesis.PutRecordsOutput](t)(client.PutRecords(context.Background(), &kinesis.PutRecordsInput{
		StreamName: stream, Records: entries,
	}))
	taken, refused := []string{}, 0
	for place, result := range put.Records {
		switch {
		case result.ErrorCode == nil && result.SequenceNumber != nil:
			taken = append(taken, fmt.Sprintf("%02d", place))
		case *result.ErrorCode == "ProvisionedThroughputExceededException" && result.SequenceNumber == nil:
			refused++
		default:
			t.Errorf("record %d: %v", place, result)
		}
	}
	if len(put.Records) != len(entries) || len(taken) == 0 || refused == 0 || int(*put.FailedRecordCount) != refused {
		t.Fatalf("%d taken, %d refused, %d failed", len(taken), refused, *put.FailedRecordCount)
	}
	found := []string{}
	for _, record := range getAllRecords(t, client, stream, 0) {
		found = append(found, string(record.Data[:2]))
	}
	if !slices.Equal(found, taken) {
		t.Errorf("found %v, not %v", found, taken)
	}
}

func TestKinesisShards(t *testing.T) {
	client := newKinesis()
	background := context.Background()
	stream := createStream(t, client, 2, nil)
	putRecord(t, client, stream, "before")
	must[*kinesis.SplitShardOutput](t)(client.SplitShard(background, &kinesis.SplitShardInput{
		StreamName: stream, ShardToSplit: shardID(0), NewStartingHashKey: hashKey(2),
	}))
	must[*kinesis.MergeShardsOutput](t)(client.MergeShards(background, &kinesis.MergeShardsInput{
		StreamName: stream, ShardToMerge: shardID(3), AdjacentShardToMerge: shardID(1),
	}))
	for _, each := range []struct {
		filter   *types.ShardFilter
		expected []int
	}{
		{nil, []int{0, 1, 2, 3, 4}},
		{&types.ShardFilter{Type: types.ShardFilterTypeAtLatest}, []int{2, 4}},
		{&types.ShardFilter{Type: types.ShardFilterTypeAtTrimHorizon}, []int{0, 1}},
		{&types.ShardFilter{Type: types.ShardFilterTypeFromTrimHorizon}, []int{0, 1, 2, 3, 4}},
		{&types.ShardFilter{Type: types.ShardFilterTypeAfterShardId, ShardId: shardID(2)}, []int{3, 4}},
		{&types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: aws.Time(time.Now())}, []int{2, 4}},
		{&types.ShardFilter{Type: types.ShardFilterTypeFromTimestamp, Timestamp: aws.Time(time.Unix(0, 0))}, []int{0, 1, 2, 3, 4}},
	} {
		found := []string{}
		input := &kinesis.ListShardsInput{StreamName: stream, ShardFilter: each.filter, MaxResults: aws.Int32(2)}
		for input != nil {
			page := must[*kinesis.ListShardsOutput](t)(client.ListShards(background, input))
			for _, shard := range page.Shards {
				found = append(found, *shard.ShardId)
			}
			input = nil
			if page.NextToken != nil {
				input = &kinesis.ListShardsInput{NextToken: page.NextToken, MaxResults: aws.Int32(2)}
			}
		}
		expected := []string{}
		for _, number := range each.expected {
			expected = append(expected, *shardID(number))
		}
		if !slices.Equal(found, expected) {
			t.Errorf("%v: found %v, not %v", each.filter, found, expected)
		}
	}
	for shard, children := range map[int][]string{0: {*shardID(2), *shardID(3)}, 1: {*shardID(4)}} {
		page := getRecords(t, client, shardIterator(t, client, &kinesis.GetShardIteratorInput{
			StreamName: stream, ShardId: shardID(shard), ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		}))
		found := []string{}
		for _, child := range page.ChildShards {
			found = append(found, *child.ShardId)
		}
		if page.NextShardIterator != nil || !slices.Equal(found, children) {
			t.Errorf("shard %d goes on as %v, not %v", shard, found, children)
		}
	}
}

func expectKinesisError[E error](t *testing.T, name string, err error) {
	t.Helper()
	var expected E
	var response *awshttp.ResponseError
	if !errors.As(err, &expected) || !errors.As(err, &response) || response.HTTPStatusCode() != http.StatusBadRequest {
		t.Errorf("%s: got %v", name, err)
	}
}

func TestKinesisErrors(t *testing.T) {
	client := newKinesis()
	background := context.Background()
	stream := createStream(t, client, 1, nil)

	_, err := client.DescribeStreamSummary(background, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("no-such-stream")})
	expectKinesisError[*types.ResourceNotFoundException](t, "no such stream", err)
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) && missing.ErrorMessage() != "Stream no-such-stream under account 123456789012 not found." {
		t.Errorf("got %v", missing)
	}
	_, err = client.CreateStream(background, &kinesis.CreateStreamInput{StreamName: stream, ShardCount: aws.Int32(1)})
	expectKinesisError[*types.ResourceInUseException](t, "exists", err)
	_, err = client.GetRecords(background, &kinesis.GetRecordsInput{ShardIterator: aws.String("nonsense")})
	expectKinesisError[*types.InvalidArgumentException](t, "no iterator", err)
	_, err = client.UpdateShardCount(background, &kinesis.UpdateShardCountInput{
		StreamName: stream, TargetShardCount: aws.Int32(3), ScalingType: types.ScalingTypeUniformScaling,
	})
	expectKinesisError[*types.LimitExceededException](t, "more than double", err)
	_, err = client.PutRecord(background, &kinesis.PutRecordInput{
		StreamName: stream, PartitionKey: aws.String(strings.Repeat("k", 257)), Data: []byte("x"),
	})
	expectKinesisError[*types.ValidationException](t, "long key", err)
	_, err = client.PutRecord(background, &kinesis.PutRecordInput{
		StreamName: stream, PartitionKey: aws.String("key"), Data: []byte("x"), DryRun: aws.Bool(true),
	})
	expectKinesisError[*types.DryRunOperationException](t, "dry run", err)
	expectRecords(t, getAllRecords(t, client, stream, 0))
}

func TestKinesisPages(t *testing.T) {
	client := newKinesis()
	background := context.Background()
	created := []string{}
	for range 3 {
		created = append(created, *createStream(t, client, 1, map[string]string{"suite": "go"}))
	}
	found := []string{}
	streams := kinesis.NewListStreamsPaginator(client, &kinesis.ListStreamsInput{Limit: aws.Int32(1)})
	for streams.HasMorePages() {
		page := must[*kinesis.ListStreamsOutput](t)(streams.NextPage(background))
		for _, summary := range page.StreamSummaries {
			if slices.Contains(created, *summary.StreamName) {
				found = append(found, *summary.StreamName)
			}
		}
	}
	if !slices.Equal(found, created) {
		t.Errorf("found %v, not %v", found, created)
	}
	tags := must[*kinesis.ListTagsForResourceOutput](t)(client.ListTagsForResource(
		background, &kinesis.ListTagsForResourceInput{ResourceARN: streamArn(&created[0])},
	))
	if len(tags.Tags) != 1 || *tags.Tags[0].Key != "suite" || *tags.Tags[0].Value != "go" {
		t.Errorf("tags %v", tags.Tags)
	}
	for number := range 5 {
		registerConsumer(t, client, &created[0], fmt.Sprintf("consumer-%d", number))
	}
	names, sizes := []string{}, []int{}
	consumers := kinesis.NewListStreamConsumersPaginator(client, &kinesis.ListStreamConsumersInput{
		StreamARN: streamArn(&created[0]), MaxResults: aws.Int32(2),
	})
	for consumers.HasMorePages() {
		page := must[*kinesis.ListStreamConsumersOutput](t)(consumers.NextPage(background))
		sizes = append(sizes, len(page.Consumers))
		for _, consumer := range page.Consumers {
			names = append(names, *consumer.ConsumerName)
		}
	}
	expected := []string{"consumer-0", "consumer-1", "consumer-2", "consumer-3", "consumer-4"}
	if !slices.Equal(names, expected) || !slices.Equal(sizes, []int{2, 2, 1}) {
		t.Errorf("found %v in pages of %v", names, sizes)
	}
}
