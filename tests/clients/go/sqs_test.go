// Package clients tests SQS, SNS, EventBridge and Kinesis through the AWS SDK for Go v2, which checks the digests of bodies by itself.
package clients

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

func config() aws.Config {
	return aws.Config{
		BaseEndpoint:     aws.String(os.Getenv("NINEFOLD_ENDPOINT")),
		Region:           "us-east-1",
		Credentials:      credentials.NewStaticCredentialsProvider("123456789012", "secret", ""),
		RetryMaxAttempts: 1,
		HTTPClient:       &wholeRequests{},
	}
}

func newClient() *sqs.Client { return sqs.NewFromConfig(config()) }

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func createQueue(t *testing.T, client *sqs.Client, suffix string, attributes map[string]string) *string {
	t.Helper()
	name := fmt.Sprintf("go-%d%s", time.Now().UnixNano(), suffix)
	created := must[*sqs.CreateQueueOutput](t)(client.CreateQueue(context.Background(), &sqs.CreateQueueInput{
		QueueName: &name, Attributes: attributes,
	}))
	t.Cleanup(func() {
		_, err := client.DeleteQueue(context.Background(), &sqs.DeleteQueueInput{QueueUrl: created.QueueUrl})
		if err != nil {
			t.Error(err)
		}
	})
	return created.QueueUrl
}

func queueArn(t *testing.T, client *sqs.Client, url *string) string {
	t.Helper()
	found := must[*sqs.GetQueueAttributesOutput](t)(client.GetQueueAttributes(
		context.Background(),
		&sqs.GetQueueAttributesInput{QueueUrl: url, AttributeNames: []types.QueueAttributeName{"QueueArn"}},
	))
	return found.Attributes["QueueArn"]
}

func send(t *testing.T, client *sqs.Client, url *string, body string) *sqs.SendMessageOutput {
	t.Helper()
	return must[*sqs.SendMessageOutput](t)(client.SendMessage(context.Background(), &sqs.SendMessageInput{
		QueueUrl: url, MessageBody: &body,
	}))
}

func sendFifo(t *testing.T, client *sqs.Client, url *string, body, group, deduplication string) *sqs.SendMessageOutput {
	t.Helper()
	return must[*sqs.SendMessageOutput](t)(client.SendMessage(context.Background(), &sqs.SendMessageInput{
		QueueUrl: url, MessageBody: &body, MessageGroupId: &group, MessageDeduplicationId: &deduplication,
	}))
}

func receive(t *testing.T, client *sqs.Client, url *string, count, waitSeconds int32) []types.Message {
	t.Helper()
	return must[*sqs.ReceiveMessageOutput](t)(client.ReceiveMessage(context.Background(), &sqs.ReceiveMessageInput{
		QueueUrl:                    url,
		MaxNumberOfMessages:         count,
		WaitTimeSeconds:             waitSeconds,
		MessageAttributeNames:       []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"},
	})).Messages
}

func remove(t *testing.T, client *sqs.Client, url *string, message types.Message) {
	t.Helper()
	must[*sqs.DeleteMessageOutput](t)(client.DeleteMessage(context.Background(), &sqs.DeleteMessageInput{
		QueueUrl: url, ReceiptHandle: message.ReceiptHandle,
	}))
}

func bodies(messages []types.Message) []string {
	found := []string{}
	for _, message := range messages {
		found = append(found, *message.Body)
	}
	return found
}

func expectBodies(t *testing.T, messages []types.Message, expected ...string) {
	t.Helper()
	if found := bodies(messages); !slices.Equal(found, expected) {
		t.Fatalf("received %q, not %q", found, expected)
	}
}

func TestSendReceiveDelete(t *testing.T) {
	client := newClient()
	url := createQueue(t, client, "", nil)
	sent := send(t, client, url, "hello, wörld")
	messages := receive(t, client, url, 10, 0)
	expectBodies(t, messages, "hello, wörld")
	if *messages[0].MessageId != *sent.MessageId || *messages[0].MD5OfBody != *sent.MD5OfMessageBody {
		t.Errorf("received %v after sending %v", messages[0], sent)
	}
	if messages[0].Attributes["ApproximateReceiveCount"] != "1" {
		t.Errorf("attributes %v", messages[0].Attributes)
	}
	remove(t, client, url, messages[0])
	expectBodies(t, receive(t, client, url, 10, 0))
}

func TestMessageAttributes(t *testing.T) {
	client := newClient()
	url := createQueue(t, client, "", nil)
	attributes := map[string]types.MessageAttributeValue{
		"text":   {DataType: aws.String("String"), StringValue: aws.String("value")},
		"octets": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 127, 255}},
	}
	must[*sqs.SendMessageOutput](t)(client.SendMessage(context.Background(), &sqs.SendMessageInput{
		QueueUrl: url, MessageBody: aws.String("x"), MessageAttributes: attributes,
	}))
	found := receive(t, client, url, 1, 0)[0].MessageAttributes
	if len(found) != 2 || *found["text"].StringValue != "value" || !slices.Equal(found["octets"].BinaryValue, []byte{0, 127, 255}) {
		t.Errorf("attributes %v", found)
	}
}

func TestBatches(t *testing.T) {
	client := newClient()
	url := createQueue(t, client, "", nil)
	entries := []types.SendMessageBatchRequestEntry{}
	for number := range 10 {
		text := fmt.Sprint(number)
		entries = append(entries, types.SendMessageBatchRequestEntry{Id: &text, MessageBody: &text})
	}
	sent := must[*sqs.SendMessageBatchOutput](t)(client.SendMessageBatch(context.Background(), &sqs.SendMessageBatchInput{
		QueueUrl: url, Entries: entries,
	}))
	if len(sent.Successful) != 10 || len(sent.Failed) != 0 {
		t.Fatalf("sent %v", sent)
	}
	handles := []types.DeleteMessageBatchRequestEntry{}
	for number, message := range receive(t, client, url, 10, 0) {
		handles = append(handles, types.DeleteMessageBatchRequestEntry{
			Id: aws.String(fmt.Sprint(number)), ReceiptHandle: message.ReceiptHandle,
		})
	}
	deleted := must[*sqs.DeleteMessageBatchOutput](t)(client.DeleteMessageBatch(context.Background(), &sqs.DeleteMessageBatchInput{
		QueueUrl: url, Entries: handles,
	}))
	if len(deleted.Successful) != 10 || len(deleted.Failed) != 0 {
		t.Fatalf("deleted %v", deleted)
	}
}

func TestFifo(t *testing.T) {
	client := newClient()
	url := createQueue(t, client, ".fifo", map[string]string{"FifoQueue": "true"})
	first := sendFifo(t, client, url, "a1", "a", "1")
	again := sendFifo(t, client, url, "copy", "a", "1")
	if *first.SequenceNumber != *again.SequenceNumber {
		t.Errorf("a duplicate has sequence number %s, not %s", *again.SequenceNumber, *first.SequenceNumber)
	}
	sendFifo(t, client, url, "a2", "a", "2")
	sendFifo(t, client, url, "b1", "b", "3")
	messages := receive(t, client, url, 1, 0)
	expectBodies(t, messages, "a1")
	expectBodies(t, receive(t, client, url, 10, 0), "b1")
	remove(t, client, url, messages[0])
	expectBodies(t, receive(t, client, url, 10, 0), "a2")
}

func TestLongPoll(t *testing.T) {
	client := newClient()
	url := createQueue(t, client, "", nil)
	began := time.Now()
	expectBodies(t, receive(t, client, url, 10, 1))
	if waited := time.Since(began); waited < 900*time.Millisecond {
		t.Errorf("a long poll of a second ended after %v", waited)
	}
	var sender sync.WaitGroup
	sender.Add(1)
	time.AfterFunc(300*time.Millisecond, func() {
		defer sender.Done()
		send(t, client, url, "wake up")
	})
	began = time.Now()
	expectBodies(t, receive(t, client, url, 10, 20), "wake up")
	if waited := time.Since(began); waited > 5*time.Second {
		t.Errorf("a long poll ended %v after it began", waited)
	}
	sender.Wait()
}

func TestVisibility(t *testing.T) {
	client := newClient()
	url := createQueue(t, client, "", nil)
	send(t, client, url, "x")
	messages := receive(t, client, url, 10, 0)
	expectBodies(t, messages, "x")
	expectBodies(t, receive(t, client, url, 10, 0))
	must[*sqs.ChangeMessageVisibilityOutput](t)(client.ChangeMessageVisibility(
		context.Background(),
		&sqs.ChangeMessageVisibilityInput{QueueUrl: url, ReceiptHandle: messages[0].ReceiptHandle, VisibilityTimeout: 0},
	))
	expectBodies(t, receive(t, client, url, 10, 0), "x")
}

func TestManyAtOnce(t *testing.T) {
	client := newClient()
	url := createQueue(t, client, "", nil)
	var senders sync.WaitGroup
	for number := range 50 {
		senders.Add(1)
		go func() {
			defer senders.Done()
			_, err := client.SendMessage(context.Background(), &sqs.SendMessageInput{
				QueueUrl: url, MessageBody: aws.String(fmt.Sprint(number)),
			})
			if err != nil {
				t.Error(err)
			}
		}()
	}
	senders.Wait()
	found := map[string]bool{}
	for calls := 0; len(found) < 50 && calls < 50; calls++ {
		for _, message := range receive(t, client, url, 10, 1) {
			found[*message.Body] = true
		}
	}
	if len(found) != 50 {
		t.Errorf("received %d of 50 messages", len(found))
	}
}

func TestErrors(t *testing.T) {
	client := newClient()
	url := createQueue(t, client, "", nil)
	name := (*url)[strings.LastIndex(*url, "/")+1:]
	background := context.Background()

	t.Run("no such queue", func(t *testing.T) {
		_, err := client.GetQueueUrl(background, &sqs.GetQueueUrlInput{QueueName: aws.String("no-such-queue")})
		var expected *types.QueueDoesNotExist
		if !errors.As(err, &expected) || expected.ErrorMessage() != "The specified queue does not exist." {
			t.Errorf("got %v", err)
		}
		var response *awshttp.ResponseError
		if !errors.As(err, &response) || response.HTTPStatusCode() != http.StatusBadRequest {
			t.Errorf("got %v", err)
		}
	})
	t.Run("other attributes", func(t *testing.T) {
		_, err := client.CreateQueue(background, &sqs.CreateQueueInput{
			QueueName: &name, Attributes: map[string]string{"DelaySeconds": "7"},
		})
		var expected *types.QueueNameExists
		if !errors.As(err, &expected) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("malformed receipt handle", func(t *testing.T) {
		_, err := client.DeleteMessage(background, &sqs.DeleteMessageInput{
			QueueUrl: url, ReceiptHandle: aws.String("nonsense"),
		})
		var expected *types.ReceiptHandleIsInvalid
		if !errors.As(err, &expected) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("empty batch", func(t *testing.T) {
		_, err := client.SendMessageBatch(background, &sqs.SendMessageBatchInput{
			QueueUrl: url, Entries: []types.SendMessageBatchRequestEntry{},
		})
		var expected *types.EmptyBatchRequest
		if !errors.As(err, &expected) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("value out of range", func(t *testing.T) {
		_, err := client.ReceiveMessage(background, &sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 11})
		var expected smithy.APIError
		if !errors.As(err, &expected) || !strings.HasPrefix(expected.ErrorCode(), "InvalidParameterValue") {
			t.Errorf("got %v", err)
		}
	})
}

func TestListInPages(t *testing.T) {
	client := newClient()
	expected := []string{}
	for range 3 {
		expected = append(expected, *createQueue(t, client, "-listed", nil))
	}
	found := []string{}
	pages := sqs.NewListQueuesPaginator(client, &sqs.ListQueuesInput{
		QueueNamePrefix: aws.String("go-"), MaxResults: aws.Int32(1),
	})
	for pages.HasMorePages() {
		page := must[*sqs.ListQueuesOutput](t)(pages.NextPage(context.Background()))
		found = append(found, page.QueueUrls...)
	}
	for _, url := range expected {
		if !slices.Contains(found, url) {
			t.Errorf("%s is not among %v", url, found)
		}
	}
}

func TestCallerIdentity(t *testing.T) {
	identity := must[*sts.GetCallerIdentityOutput](t)(
		sts.NewFromConfig(config()).GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{}),
	)
	if *identity.Account != "123456789012" {
		t.Errorf("account %s", *identity.Account)
	}
}
