package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// A pattern that every event matches.
const everything = `{"source": [{"prefix": ""}]}`

func newEventClient() *eventbridge.Client { return eventbridge.NewFromConfig(config()) }

// uniqueName returns a name that nothing else has.
func uniqueName() string { return fmt.Sprintf("go-%d", time.Now().UnixNano()) }

// An eventBus is a bus that is deleted after the test, with its rules.
type eventBus struct {
	client    *eventbridge.Client
	name, arn string
}

func newEventBus(t *testing.T) eventBus {
	t.Helper()
	return createEventBus(t, newEventClient(), eventbridge.CreateEventBusInput{Name: aws.String(uniqueName())})
}

func createEventBus(t *testing.T, client *eventbridge.Client, input eventbridge.CreateEventBusInput) eventBus {
	t.Helper()
	created := must[*eventbridge.CreateEventBusOutput](t)(client.CreateEventBus(context.Background(), &input))
	t.Cleanup(func() {
		_, err := client.DeleteEventBus(context.Background(), &eventbridge.DeleteEventBusInput{Name: input.Name})
		if err != nil {
			t.Error(err)
		}
	})
	return eventBus{client, *input.Name, *created.EventBusArn}
}

func (b eventBus) ruleArn(rule string) string {
	return fmt.Sprintf("arn:aws:events:us-east-1:123456789012:rule/%s/%s", b.name, rule)
}

// rule makes a rule with a pattern and targets, and returns its name.
func (b eventBus) rule(t *testing.T, pattern string, targets ...ebtypes.Target) string {
	t.Helper()
	name := uniqueName()
	must[*eventbridge.PutRuleOutput](t)(b.client.PutRule(context.Background(), &eventbridge.PutRuleInput{
		Name: &name, EventBusName: &b.name, EventPattern: &pattern,
	}))
	if len(targets) > 0 {
		b.targets(t, name, targets...)
	}
	return name
}

func (b eventBus) targets(t *testing.T, rule string, targets ...ebtypes.Target) {
	t.Helper()
	put := must[*eventbridge.PutTargetsOutput](t)(b.client.PutTargets(context.Background(), &eventbridge.PutTargetsInput{
		Rule: &rule, EventBusName: &b.name, Targets: targets,
	}))
	if put.FailedEntryCount != 0 || len(put.FailedEntries) != 0 {
		t.Fatalf("failed targets: %v", put.FailedEntries)
	}
}

// order is the entry of an order of a shop.
func (b eventBus) order(detail string) ebtypes.PutEventsRequestEntry {
	return ebtypes.PutEventsRequestEntry{
		EventBusName: &b.name, Source: aws.String("shop"), DetailType: aws.String("order"), Detail: &detail,
	}
}

// put puts events that must all be taken, and returns their ids.
func (b eventBus) put(t *testing.T, entries ...ebtypes.PutEventsRequestEntry) []string {
	t.Helper()
	answer := must[*eventbridge.PutEventsOutput](t)(b.client.PutEvents(context.Background(), &eventbridge.PutEventsInput{
		Entries: entries,
	}))
	if answer.FailedEntryCount != 0 {
		t.Fatalf("failed entries: %v", answer.Entries)
	}
	ids := []string{}
	for _, entry := range answer.Entries {
		ids = append(ids, *entry.EventId)
	}
	return ids
}

// target is one without settings of its own.
func target(arn string) ebtypes.Target { return ebtypes.Target{Id: aws.String("target"), Arn: &arn} }

// newTargetQueue returns the URL of a new queue, and a target that is this queue.
func newTargetQueue(t *testing.T) (*string, ebtypes.Target) {
	t.Helper()
	queues := newClient()
	url := createQueue(t, queues, "", nil)
	return url, target(queueArn(t, queues, url))
}

// An event is what a target gets that asks for nothing else.
type event struct {
	ID, Source, Account, Region, Time string
	DetailType                        string `json:"detail-type"`
	ReplayName                        string `json:"replay-name"`
	Resources                         []string
	Detail                            map[string]any
}

func readEvent(t *testing.T, text string) event {
	t.Helper()
	return readAs[event](t, text)
}

// readJSON reads what is to be compared as JSON.
func readJSON(t *testing.T, text string) any {
	t.Helper()
	return readAs[any](t, text)
}

func readAs[T any](t *testing.T, text string) T {
	t.Helper()
	var read T
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return read
}

func readEvents(t *testing.T, messages []types.Message) []event {
	t.Helper()
	read := []event{}
	for _, message := range messages {
		read = append(read, readEvent(t, *message.Body))
	}
	return read
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in 15 seconds it did not happen: %s", what)
		}
	}
}
