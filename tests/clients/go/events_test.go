package clients

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func TestEventToQueue(t *testing.T) {
	bus := newEventBus(t)
	url, queue := newTargetQueue(t)
	bus.rule(t, everything, queue)
	entry := bus.order(`{"id": 7, "colour": "red"}`)
	entry.Resources = []string{"arn:aws:s3:::orders"}
	entry.Time = aws.Time(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	id := bus.put(t, entry)[0]
	expected := event{
		ID: id, Source: "shop", Account: "123456789012", Region: "us-east-1", Time: "2026-03-01T12:00:00Z",
		DetailType: "order", Resources: entry.Resources, Detail: map[string]any{"id": 7.0, "colour": "red"},
	}
	if found := readEvents(t, receiveAll(t, url, 1))[0]; !reflect.DeepEqual(found, expected) {
		t.Errorf("received %v, not %v", found, expected)
	}
}

func TestEventThroughAPattern(t *testing.T) {
	bus := newEventBus(t)
	url, queue := newTargetQueue(t)
	bus.rule(t, `{
		"source": ["shop"], "detail": {"colour": [{"prefix": "dark"}], "id": [{"numeric": [">", 1, "<=", 3]}]}
	}`, queue)
	entries := []ebtypes.PutEventsRequestEntry{}
	for _, colour := range []string{"dark blue", "blue"} {
		for id := range 5 {
			entries = append(entries, bus.order(fmt.Sprintf(`{"id": %d, "colour": %q}`, id, colour)))
		}
	}
	ids := bus.put(t, entries...)
	found := []string{}
	for _, event := range readEvents(t, receiveAll(t, url, 2)) {
		found = append(found, event.ID)
	}
	expectSame(t, found, ids[2:4])
}

func TestInputsOfTargets(t *testing.T) {
	bus := newEventBus(t)
	rule := bus.rule(t, everything)
	expected := map[*string]string{}
	add := func(body string, input ebtypes.Target) {
		url, queue := newTargetQueue(t)
		input.Id, input.Arn = aws.String(fmt.Sprint(len(expected))), queue.Arn
		bus.targets(t, rule, input)
		expected[url] = body
	}
	add(`{"constant": true}`, ebtypes.Target{Input: aws.String(`{"constant": true}`)})
	add(`{"id":7,"colour":"red"}`, ebtypes.Target{InputPath: aws.String("$.detail")})
	add(fmt.Sprintf(`{"order": 7, "text": "red, as wished", "rule": %q}`, rule), ebtypes.Target{
		InputTransformer: &ebtypes.InputTransformer{
			InputPathsMap: map[string]string{"id": "$.detail.id", "colour": "$.detail.colour"},
			InputTemplate: aws.String(`{"order": <id>, "text": "<colour>, as wished", "rule": <aws.events.rule-name>}`),
		},
	})
	bus.put(t, bus.order(`{"id": 7, "colour": "red"}`))
	for url, text := range expected {
		found, wanted := readJSON(t, *receiveAll(t, url, 1)[0].Body), readJSON(t, text)
		if !reflect.DeepEqual(found, wanted) {
			t.Errorf("received %v, not %v", found, wanted)
		}
	}
}

func TestEventToTopic(t *testing.T) {
	bus, topics := newEventBus(t), newTopicClient()
	topic := createTopic(t, topics, "", nil)
	url := subscribeQueue(t, topics, topic, map[string]string{"RawMessageDelivery": "true"})
	bus.rule(t, everything, target(*topic))
	id := bus.put(t, bus.order(`{"id": 7}`))[0]
	if found := readEvents(t, receiveAll(t, url, 1))[0]; found.ID != id || found.Detail["id"] != 7.0 {
		t.Errorf("received %v, not %s", found, id)
	}
}

func TestEventsToFifoQueue(t *testing.T) {
	bus, queues := newEventBus(t), newClient()
	url := createQueue(t, queues, ".fifo", map[string]string{"FifoQueue": "true", "ContentBasedDeduplication": "true"})
	queue := target(queueArn(t, queues, url))
	rule := bus.rule(t, everything)
	_, err := bus.client.PutTargets(context.Background(), &eventbridge.PutTargetsInput{
		Rule: &rule, EventBusName: &bus.name, Targets: []ebtypes.Target{queue},
	})
	expectCode(t, err, "ValidationException")
	queue.SqsParameters = &ebtypes.SqsParameters{MessageGroupId: aws.String("orders")}
	bus.targets(t, rule, queue)
	entries := []ebtypes.PutEventsRequestEntry{}
	for number := range 5 {
		entries = append(entries, bus.order(fmt.Sprintf(`{"id": %d}`, number)))
	}
	bus.put(t, entries...)
	messages := receiveAll(t, url, 5)
	for number, event := range readEvents(t, messages) {
		if event.Detail["id"] != float64(number) {
			t.Errorf("number %d is %v", number, event)
		}
		if group := messages[number].Attributes["MessageGroupId"]; group != "orders" {
			t.Errorf("number %d is in group %s", number, group)
		}
	}
}

func TestEntriesThatAreRefused(t *testing.T) {
	bus := newEventBus(t)
	url, queue := newTargetQueue(t)
	bus.rule(t, everything, queue)
	malformed, unnamed := bus.order(`{"id":`), bus.order("{}")
	unnamed.Source = nil
	reserved := bus.order("{}")
	reserved.Source = aws.String("aws.shop")
	answer := must[*eventbridge.PutEventsOutput](t)(bus.client.PutEvents(context.Background(), &eventbridge.PutEventsInput{
		Entries: []ebtypes.PutEventsRequestEntry{bus.order(`{"id": 1}`), malformed, unnamed, reserved, bus.order(`{"id": 5}`)},
	}))
	codes, ids := []string{}, []string{}
	for _, entry := range answer.Entries {
		codes = append(codes, aws.ToString(entry.ErrorCode))
		if (entry.EventId == nil) != (entry.ErrorMessage != nil) {
			t.Errorf("an entry with the id %q has the error %q", aws.ToString(entry.EventId), aws.ToString(entry.ErrorMessage))
		}
		if entry.EventId != nil {
			ids = append(ids, *entry.EventId)
		}
	}
	expected := []string{"", "MalformedDetail", "InvalidArgument", "NotAuthorizedForSourceException", ""}
	if answer.FailedEntryCount != 3 || !slices.Equal(codes, expected) {
		t.Fatalf("%d failed, with %q", answer.FailedEntryCount, codes)
	}
	if message := *answer.Entries[1].ErrorMessage; message != "Detail is malformed." {
		t.Errorf("message %q", message)
	}
	found := []string{}
	for _, event := range readEvents(t, receiveAll(t, url, 2)) {
		found = append(found, event.ID)
	}
	expectSame(t, found, ids)
}

func TestDeadLettersOfATarget(t *testing.T) {
	bus, queues := newEventBus(t), newClient()
	letters, letterQueue := newTargetQueue(t)
	gone := must[*sqs.CreateQueueOutput](t)(queues.CreateQueue(context.Background(), &sqs.CreateQueueInput{
		QueueName: aws.String(uniqueName()),
	})).QueueUrl
	queue := target(queueArn(t, queues, gone))
	queue.DeadLetterConfig = &ebtypes.DeadLetterConfig{Arn: letterQueue.Arn}
	rule := bus.rule(t, everything, queue)
	must[*sqs.DeleteQueueOutput](t)(queues.DeleteQueue(context.Background(), &sqs.DeleteQueueInput{QueueUrl: gone}))
	id := bus.put(t, bus.order(`{"id": 7}`))[0]
	letter := receiveAll(t, letters, 1)[0]
	if found := readEvent(t, *letter.Body); found.ID != id || found.Detail["id"] != 7.0 {
		t.Errorf("received %v, not %s", found, id)
	}
	expectAttributes(t, letter, map[string]string{
		"RULE_ARN": bus.ruleArn(rule), "TARGET_ARN": *queue.Arn, "ERROR_CODE": "NO_RESOURCE",
		"EXHAUSTED_RETRY_CONDITION": "",
	})
}

func TestDeadLettersAfterRetries(t *testing.T) {
	bus, background := newEventBus(t), context.Background()
	letters, letterQueue := newTargetQueue(t)
	name := aws.String(uniqueName())
	connection := must[*eventbridge.CreateConnectionOutput](t)(bus.client.CreateConnection(
		background,
		&eventbridge.CreateConnectionInput{
			Name: name, AuthorizationType: ebtypes.ConnectionAuthorizationTypeBasic,
			AuthParameters: &ebtypes.CreateConnectionAuthRequestParameters{
				BasicAuthParameters: &ebtypes.CreateConnectionBasicAuthRequestParameters{
					Username: aws.String("a"), Password: aws.String("b"),
				},
			},
		},
	))
	destination := must[*eventbridge.CreateApiDestinationOutput](t)(bus.client.CreateApiDestination(
		background,
		&eventbridge.CreateApiDestinationInput{
			Name: name, ConnectionArn: connection.ConnectionArn, HttpMethod: ebtypes.ApiDestinationHttpMethodPost,
			// The server that is under test doesn't speak TLS.
			InvocationEndpoint: aws.String(strings.Replace(os.Getenv("NINEFOLD_ENDPOINT"), "http://", "https://", 1)),
		},
	))
	target := target(*destination.ApiDestinationArn)
	target.DeadLetterConfig = &ebtypes.DeadLetterConfig{Arn: letterQueue.Arn}
	target.RetryPolicy = &ebtypes.RetryPolicy{MaximumRetryAttempts: aws.Int32(1)}
	rule := bus.rule(t, everything, target)
	id := bus.put(t, bus.order(`{"id": 7}`))[0]
	letter := receiveAll(t, letters, 1)[0]
	if found := readEvent(t, *letter.Body); found.ID != id {
		t.Errorf("received %v, not %s", found, id)
	}
	expectAttributes(t, letter, map[string]string{
		"RULE_ARN": bus.ruleArn(rule), "TARGET_ARN": *target.Arn,
		"EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "RETRY_ATTEMPTS": "1",
	})
	must[*eventbridge.DeleteApiDestinationOutput](t)(bus.client.DeleteApiDestination(
		background, &eventbridge.DeleteApiDestinationInput{Name: name},
	))
	must[*eventbridge.DeleteConnectionOutput](t)(bus.client.DeleteConnection(
		background, &eventbridge.DeleteConnectionInput{Name: name},
	))
}

// expectAttributes expects attributes of a dead letter, the absent ones as empty, and an error of some kind.
func expectAttributes(t *testing.T, letter types.Message, expected map[string]string) {
	t.Helper()
	found := func(name string) string { return aws.ToString(letter.MessageAttributes[name].StringValue) }
	for name, value := range expected {
		if found(name) != value {
			t.Errorf("attribute %s is %q, not %q", name, found(name), value)
		}
	}
	if found("ERROR_CODE") == "" || found("ERROR_MESSAGE") == "" {
		t.Errorf("there is no error: %v", letter.MessageAttributes)
	}
}

func TestPatternIsTested(t *testing.T) {
	client := newEventClient()
	test := func(pattern string) (bool, error) {
		answer, err := client.TestEventPattern(context.Background(), &eventbridge.TestEventPatternInput{
			EventPattern: &pattern,
			Event: aws.String(`{
				"id": "1", "source": "shop", "detail-type": "order", "account": "123456789012", "region": "us-east-1",
				"time": "2026-03-01T12:00:00Z", "resources": [], "detail": {"colour": "red", "address": "10.1.2.3"}
			}`),
		})
		return answer != nil && answer.Result, err
	}
	for pattern, expected := range map[string]bool{
		`{"source": ["shop"]}`:                                  true,
		`{"detail": {"colour": [{"anything-but": ["red"]}]}}`:   false,
		`{"detail": {"address": [{"cidr": "10.0.0.0/8"}]}}`:     true,
		`{"detail": {"size": [{"exists": false}]}}`:             true,
		`{"$or": [{"source": ["a"]}, {"source": ["b"]}]}`:       false,
		`{"detail": {"colour": [{"wildcard": "r*d"}]}}`:         true,
		`{"detail": {"colour": [{"equals-ignore-case": "X"}]}}`: false,
	} {
		result, err := test(pattern)
		if err != nil || result != expected {
			t.Errorf("%s: %v, %v", pattern, result, err)
		}
	}
	_, err := test(`{"source": "shop"}`)
	expectError[*ebtypes.InvalidEventPatternException](t, err)
}
