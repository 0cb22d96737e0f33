package clients

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
)

// What a page of a list holds.
const pageLength = 100

func newTopicClient() *sns.Client { return sns.NewFromConfig(config()) }

// A client for an account that nothing else is in, so that its lists are known.
func newTopicClientOf(account string) *sns.Client {
	own := config()
	own.Credentials = credentials.NewStaticCredentialsProvider(account, "secret", "")
	return sns.NewFromConfig(own)
}

func createTopic(t *testing.T, client *sns.Client, suffix string, attributes map[string]string) *string {
	t.Helper()
	name := fmt.Sprintf("go-%d%s", time.Now().UnixNano(), suffix)
	created := must[*sns.CreateTopicOutput](t)(client.CreateTopic(context.Background(), &sns.CreateTopicInput{
		Name: &name, Attributes: attributes,
	}))
	t.Cleanup(func() {
		_, err := client.DeleteTopic(context.Background(), &sns.DeleteTopicInput{TopicArn: created.TopicArn})
		if err != nil {
			t.Error(err)
		}
	})
	return created.TopicArn
}

func subscribe(t *testing.T, client *sns.Client, topic *string, protocol, endpoint string, attributes map[string]string) *string {
	t.Helper()
	return must[*sns.SubscribeOutput](t)(client.Subscribe(context.Background(), &sns.SubscribeInput{
		TopicArn: topic, Protocol: &protocol, Endpoint: &endpoint, Attributes: attributes,
	})).SubscriptionArn
}

// subscribeQueue returns the URL of a new queue that is subscribed to a topic.
func subscribeQueue(t *testing.T, client *sns.Client, topic *string, attributes map[string]string) *string {
	t.Helper()
	queues, suffix, settings := newClient(), "", map[string]string(nil)
	if strings.HasSuffix(*topic, ".fifo") {
		suffix, settings = ".fifo", map[string]string{"FifoQueue": "true"}
	}
	url := createQueue(t, queues, suffix, settings)
	subscribe(t, client, topic, "sqs", queueArn(t, queues, url), attributes)
	return url
}

func publish(t *testing.T, client *sns.Client, input sns.PublishInput) *sns.PublishOutput {
	t.Helper()
	return must[*sns.PublishOutput](t)(client.Publish(context.Background(), &input))
}

// receiveAll receives and deletes messages until there are so many, and none is left.
func receiveAll(t *testing.T, url *string, count int) []types.Message {
	t.Helper()
	client, found := newClient(), []types.Message{}
	for deadline := time.Now().Add(20 * time.Second); len(found) < count && time.Now().Before(deadline); {
		for _, message := range receive(t, client, url, 10, 2) {
			found = append(found, message)
			remove(t, client, url, message)
		}
	}
	if len(found) != count {
		t.Fatalf("received %d messages, not %d", len(found), count)
	}
	expectBodies(t, receive(t, client, url, 10, 0))
	return found
}

func textAttribute(value string) snstypes.MessageAttributeValue {
	return snstypes.MessageAttributeValue{DataType: aws.String("String"), StringValue: &value}
}

func TestTopicToQueueInAnEnvelope(t *testing.T) {
	client := newTopicClient()
	topic := createTopic(t, client, "", nil)
	url := subscribeQueue(t, client, topic, nil)
	sent := publish(t, client, sns.PublishInput{
		TopicArn: topic,
		Subject:  aws.String("greeting"),
		Message:  aws.String("hello, wörld"),
		MessageAttributes: map[string]snstypes.MessageAttributeValue{
			"colour": textAttribute("red"),
			"octets": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 127, 255}},
		},
	})
	message := receiveAll(t, url, 1)[0]
	envelope := struct {
		Type, MessageId, TopicArn, Subject, Message string
		MessageAttributes                           map[string]struct{ Type, Value string }
	}{}
	if err := json.Unmarshal([]byte(*message.Body), &envelope); err != nil {
		t.Fatal(err)
	}
	if envelope.Type != "Notification" || envelope.MessageId != *sent.MessageId || envelope.TopicArn != *topic {
		t.Errorf("envelope %v", envelope)
	}
	if envelope.Subject != "greeting" || envelope.Message != "hello, wörld" {
		t.Errorf("envelope %v", envelope)
	}
	colour, octets := envelope.MessageAttributes["colour"], envelope.MessageAttributes["octets"]
	if colour.Type != "String" || colour.Value != "red" || octets.Type != "Binary" || octets.Value != "AH//" {
		t.Errorf("attributes %v", envelope.MessageAttributes)
	}
	if len(message.MessageAttributes) != 0 {
		t.Errorf("the queue's message has attributes of its own: %v", message.MessageAttributes)
	}
}

func TestTopicToQueueRaw(t *testing.T) {
	client := newTopicClient()
	topic := createTopic(t, client, "", nil)
	url := subscribeQueue(t, client, topic, map[string]string{"RawMessageDelivery": "true"})
	publish(t, client, sns.PublishInput{
		TopicArn: topic,
		Message:  aws.String("hello, wörld"),
		MessageAttributes: map[string]snstypes.MessageAttributeValue{
			"colour": textAttribute("red"),
			"octets": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 127, 255}},
		},
	})
	messages := receiveAll(t, url, 1)
	expectBodies(t, messages, "hello, wörld")
	found := messages[0].MessageAttributes
	if len(found) != 2 || *found["colour"].StringValue != "red" || !slices.Equal(found["octets"].BinaryValue, []byte{0, 127, 255}) {
		t.Errorf("attributes %v", found)
	}
}

func TestPublishBatch(t *testing.T) {
	client := newTopicClient()
	topic := createTopic(t, client, "", nil)
	url := subscribeQueue(t, client, topic, map[string]string{"RawMessageDelivery": "true"})
	published := must[*sns.PublishBatchOutput](t)(client.PublishBatch(context.Background(), &sns.PublishBatchInput{
		TopicArn: topic,
		PublishBatchRequestEntries: []snstypes.PublishBatchRequestEntry{
			{Id: aws.String("first"), Message: aws.String("1")},
			{Id: aws.String("empty"), Message: aws.String("")},
			{Id: aws.String("third"), Message: aws.String("3")},
		},
	}))
	if len(published.Successful) != 2 || *published.Successful[0].Id != "first" || *published.Successful[1].Id != "third" {
		t.Fatalf("published %v", published.Successful)
	}
	if *published.Successful[0].MessageId == *published.Successful[1].MessageId {
		t.Errorf("two messages have the id %s", *published.Successful[0].MessageId)
	}
	if len(published.Failed) != 1 {
		t.Fatalf("failed %v", published.Failed)
	}
	failed := published.Failed[0]
	if *failed.Id != "empty" || *failed.Code != "InvalidParameter" || !failed.SenderFault {
		t.Errorf("failed with %s, %s", *failed.Id, *failed.Code)
	}
	expectSame(t, bodies(receiveAll(t, url, 2)), []string{"1", "3"})
}

func TestFilterPolicy(t *testing.T) {
	client := newTopicClient()
	topic := createTopic(t, client, "", nil)
	url := subscribeQueue(t, client, topic, map[string]string{
		"RawMessageDelivery": "true",
		"FilterPolicy":       `{"colour": ["red", {"prefix": "dark"}]}`,
	})
	everything := subscribeQueue(t, client, topic, map[string]string{"RawMessageDelivery": "true"})
	for _, colour := range []string{"blue", "red", "dark blue"} {
		publish(t, client, sns.PublishInput{
			TopicArn: topic, Message: &colour,
			MessageAttributes: map[string]snstypes.MessageAttributeValue{"colour": textAttribute(colour)},
		})
	}
	receiveAll(t, everything, 3)
	expectSame(t, bodies(receiveAll(t, url, 2)), []string{"dark blue", "red"})
}

func TestFifoTopicToFifoQueue(t *testing.T) {
	client := newTopicClient()
	topic := createTopic(t, client, ".fifo", map[string]string{"FifoTopic": "true"})
	url := subscribeQueue(t, client, topic, map[string]string{"RawMessageDelivery": "true"})
	numbered := func(number int) *sns.PublishOutput {
		text := fmt.Sprint(number)
		return publish(t, client, sns.PublishInput{
			TopicArn: topic, Message: &text, MessageDeduplicationId: &text,
			MessageGroupId: aws.String(fmt.Sprintf("group-%d", number%2)),
		})
	}
	sequence := []string{}
	for number := range 10 {
		sequence = append(sequence, *numbered(number).SequenceNumber)
	}
	if !slices.IsSorted(sequence) || len(slices.Compact(slices.Clone(sequence))) != 10 {
		t.Errorf("sequence numbers %v", sequence)
	}
	if again := numbered(0); *again.SequenceNumber != sequence[0] {
		t.Errorf("a duplicate has sequence number %s, not %s", *again.SequenceNumber, sequence[0])
	}
	found := map[string]string{}
	for _, message := range receiveAll(t, url, 10) {
		found[message.Attributes["MessageGroupId"]] += *message.Body
	}
	if len(found) != 2 || found["group-0"] != "02468" || found["group-1"] != "13579" {
		t.Errorf("received %v", found)
	}
}

func TestWebEndpoint(t *testing.T) {
	client := newTopicClient()
	topic := createTopic(t, client, "", nil)
	web := newWebEndpoint(t)
	if arn := subscribe(t, client, topic, "http", web.url, nil); *arn != "pending confirmation" {
		t.Errorf("subscribed as %s", *arn)
	}
	verify(t, web.confirm(t).document(t))
	for _, version := range []string{"1", "2"} {
		must[*sns.SetTopicAttributesOutput](t)(client.SetTopicAttributes(
			context.Background(),
			&sns.SetTopicAttributesInput{
				TopicArn: topic, AttributeName: aws.String("SignatureVersion"), AttributeValue: &version,
			},
		))
		sent := publish(t, client, sns.PublishInput{
			TopicArn: topic, Subject: aws.String("greeting"), Message: aws.String("hello, wörld"),
		})
		notification := web.next(t, "Notification")
		if found := notification.header.Get("x-amz-sns-message-id"); found != *sent.MessageId {
			t.Errorf("message id %s, not %s", found, *sent.MessageId)
		}
		document := notification.document(t)
		if document["Message"] != "hello, wörld" || document["SignatureVersion"] != version {
			t.Errorf("notification %v", document)
		}
		verify(t, document)
	}
}

func TestTopicAttributesAndTags(t *testing.T) {
	client, background := newTopicClient(), context.Background()
	topic := createTopic(t, client, "", map[string]string{"DisplayName": "Orders"})
	found := must[*sns.GetTopicAttributesOutput](t)(client.GetTopicAttributes(
		background, &sns.GetTopicAttributesInput{TopicArn: topic},
	)).Attributes
	if found["DisplayName"] != "Orders" || found["TopicArn"] != *topic || found["Owner"] != "123456789012" {
		t.Errorf("attributes %v", found)
	}
	must[*sns.TagResourceOutput](t)(client.TagResource(background, &sns.TagResourceInput{
		ResourceArn: topic,
		Tags:        []snstypes.Tag{{Key: aws.String("stage"), Value: aws.String("test")}},
	}))
	tags := must[*sns.ListTagsForResourceOutput](t)(client.ListTagsForResource(
		background, &sns.ListTagsForResourceInput{ResourceArn: topic},
	)).Tags
	if len(tags) != 1 || *tags[0].Key != "stage" || *tags[0].Value != "test" {
		t.Errorf("tags %v", tags)
	}
}

func expectError[E error](t *testing.T, err error) {
	t.Helper()
	var expected E
	if !errors.As(err, &expected) {
		t.Errorf("got %v, not %T", err, expected)
	}
}

func TestTopicErrors(t *testing.T) {
	client, background := newTopicClient(), context.Background()
	topic := createTopic(t, client, "", nil)
	batch := func(texts ...string) error {
		entries := []snstypes.PublishBatchRequestEntry{}
		for _, text := range texts {
			entries = append(entries, snstypes.PublishBatchRequestEntry{Id: &text, Message: &text})
		}
		_, err := client.PublishBatch(background, &sns.PublishBatchInput{
			TopicArn: topic, PublishBatchRequestEntries: entries,
		})
		return err
	}

	t.Run("no such topic", func(t *testing.T) {
		_, err := client.Publish(background, &sns.PublishInput{
			TopicArn: aws.String(*topic + "-not"), Message: aws.String("x"),
		})
		var expected *snstypes.NotFoundException
		if !errors.As(err, &expected) || expected.ErrorMessage() != "Topic does not exist" {
			t.Errorf("got %v", err)
		}
		var response *awshttp.ResponseError
		if !errors.As(err, &response) || response.HTTPStatusCode() != http.StatusNotFound {
			t.Errorf("got %v", err)
		}
	})
	t.Run("invalid parameter", func(t *testing.T) {
		_, err := client.Publish(background, &sns.PublishInput{TopicArn: topic, Message: aws.String("")})
		var expected *snstypes.InvalidParameterException
		if !errors.As(err, &expected) || expected.ErrorMessage() != "Invalid parameter: Empty message" {
			t.Errorf("got %v", err)
		}
		var code smithy.APIError
		if !errors.As(err, &code) || code.ErrorCode() != "InvalidParameter" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("too many entries", func(t *testing.T) {
		err := batch("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10")
		expectError[*snstypes.TooManyEntriesInBatchRequestException](t, err)
	})
	t.Run("the same id twice", func(t *testing.T) {
		expectError[*snstypes.BatchEntryIdsNotDistinctException](t, batch("0", "0"))
	})
	t.Run("an id with a space", func(t *testing.T) {
		expectError[*snstypes.InvalidBatchEntryIdException](t, batch("a b"))
	})
	t.Run("empty batch", func(t *testing.T) {
		expectError[*snstypes.EmptyBatchRequestException](t, batch())
	})
	t.Run("no such subscription", func(t *testing.T) {
		_, err := client.GetSubscriptionAttributes(background, &sns.GetSubscriptionAttributesInput{
			SubscriptionArn: aws.String(*topic + ":6a8e1f0c-3c1d-4c57-9d2e-0123456789ab"),
		})
		expectError[*snstypes.NotFoundException](t, err)
	})
	t.Run("tags of no such topic", func(t *testing.T) {
		_, err := client.ListTagsForResource(background, &sns.ListTagsForResourceInput{
			ResourceArn: aws.String(*topic + "-not"),
		})
		expectError[*snstypes.ResourceNotFoundException](t, err)
	})
}

func TestTopicsInPages(t *testing.T) {
	client := newTopicClientOf("222222222201")
	expected, found, pages := []string{}, []string{}, 0
	for range pageLength + 1 {
		expected = append(expected, *createTopic(t, client, "", nil))
	}
	for paginator := sns.NewListTopicsPaginator(client, &sns.ListTopicsInput{}); paginator.HasMorePages(); pages++ {
		for _, topic := range must[*sns.ListTopicsOutput](t)(paginator.NextPage(context.Background())).Topics {
			found = append(found, *topic.TopicArn)
		}
	}
	expectSame(t, found, expected)
	if pages != 2 {
		t.Errorf("%d pages", pages)
	}
}

func TestSubscriptionsInPages(t *testing.T) {
	client := newTopicClient()
	topic := createTopic(t, client, "", nil)
	expected, found, pages := []string{}, []string{}, 0
	for number := range pageLength + 1 {
		// SNS doesn't ask whether a queue exists.
		queue := fmt.Sprintf("arn:aws:sqs:us-east-1:123456789012:never-%d", number)
		expected = append(expected, *subscribe(t, client, topic, "sqs", queue, nil))
	}
	paginator := sns.NewListSubscriptionsByTopicPaginator(client, &sns.ListSubscriptionsByTopicInput{TopicArn: topic})
	for ; paginator.HasMorePages(); pages++ {
		page := must[*sns.ListSubscriptionsByTopicOutput](t)(paginator.NextPage(context.Background()))
		for _, subscription := range page.Subscriptions {
			found = append(found, *subscription.SubscriptionArn)
		}
	}
	expectSame(t, found, expected)
	if pages != 2 {
		t.Errorf("%d pages", pages)
	}
}

// expectSame compares without regard to order.
func expectSame(t *testing.T, found, expected []string) {
	t.Helper()
	slices.Sort(found)
	slices.Sort(expected)
	if !slices.Equal(found, expected) {
		t.Errorf("found %d: %v, not %d: %v", len(found), found, len(expected), expected)
	}
}
