package clients

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

// offerSource offers the source of a partner, which is withdrawn after the test, and returns its name.
func offerSource(t *testing.T, client *eventbridge.Client) *string {
	t.Helper()
	name, account := aws.String("aws.partner/example.com/"+uniqueName()), aws.String("123456789012")
	must[*eventbridge.CreatePartnerEventSourceOutput](t)(client.CreatePartnerEventSource(
		context.Background(), &eventbridge.CreatePartnerEventSourceInput{Name: name, Account: account},
	))
	t.Cleanup(func() {
		_, err := client.DeletePartnerEventSource(
			context.Background(), &eventbridge.DeletePartnerEventSourceInput{Name: name, Account: account},
		)
		if err != nil {
			t.Error(err)
		}
	})
	return name
}

func expectSourceState(t *testing.T, client *eventbridge.Client, name *string, state ebtypes.EventSourceState) {
	t.Helper()
	found := must[*eventbridge.DescribeEventSourceOutput](t)(client.DescribeEventSource(
		context.Background(), &eventbridge.DescribeEventSourceInput{Name: name},
	))
	if found.State != state || *found.Name != *name || *found.CreatedBy != "example.com" {
		t.Errorf("source %s of %s is %s, not %s", *found.Name, *found.CreatedBy, found.State, state)
	}
}

func TestPartnerEvents(t *testing.T) {
	client, background := newEventClient(), context.Background()
	source := offerSource(t, client)
	expectSourceState(t, client, source, ebtypes.EventSourceStatePending)
	bus := createEventBus(t, client, eventbridge.CreateEventBusInput{Name: source, EventSourceName: source})
	expectSourceState(t, client, source, ebtypes.EventSourceStateActive)
	url, queue := newTargetQueue(t)
	bus.rule(t, `{"detail-type": ["order"]}`, queue)
	answer := must[*eventbridge.PutPartnerEventsOutput](t)(client.PutPartnerEvents(
		background,
		&eventbridge.PutPartnerEventsInput{Entries: []ebtypes.PutPartnerEventsRequestEntry{
			{Source: source, DetailType: aws.String("order"), Detail: aws.String(`{"id": 7}`)},
			{Source: source, DetailType: aws.String("order"), Detail: aws.String(`{"id":`)},
			{Source: source, DetailType: aws.String("invoice"), Detail: aws.String(`{"id": 8}`)},
		}},
	))
	codes := []string{}
	for _, entry := range answer.Entries {
		codes = append(codes, aws.ToString(entry.ErrorCode))
	}
	if answer.FailedEntryCount != 1 || !slices.Equal(codes, []string{"", "MalformedDetail", ""}) {
		t.Fatalf("%d failed, with %q", answer.FailedEntryCount, codes)
	}
	found := readEvents(t, receiveAll(t, url, 1))[0]
	if found.ID != *answer.Entries[0].EventId || found.Source != *source || found.Detail["id"] != 7.0 {
		t.Errorf("received %v", found)
	}
	accounts := must[*eventbridge.ListPartnerEventSourceAccountsOutput](t)(client.ListPartnerEventSourceAccounts(
		background, &eventbridge.ListPartnerEventSourceAccountsInput{EventSourceName: source},
	)).PartnerEventSourceAccounts
	if len(accounts) != 1 || *accounts[0].Account != "123456789012" || accounts[0].State != ebtypes.EventSourceStateActive {
		t.Errorf("offered to %v", accounts)
	}
}

func TestPartnerSourceIsDeactivated(t *testing.T) {
	client, background := newEventClient(), context.Background()
	source := offerSource(t, client)
	activate := func() error {
		_, err := client.ActivateEventSource(background, &eventbridge.ActivateEventSourceInput{Name: source})
		return err
	}
	bus := createEventBus(t, client, eventbridge.CreateEventBusInput{Name: source, EventSourceName: source})
	url, queue := newTargetQueue(t)
	bus.rule(t, everything, queue)
	put := func() string {
		return *must[*eventbridge.PutPartnerEventsOutput](t)(client.PutPartnerEvents(
			background,
			&eventbridge.PutPartnerEventsInput{Entries: []ebtypes.PutPartnerEventsRequestEntry{
				{Source: source, DetailType: aws.String("order"), Detail: aws.String("{}")},
			}},
		)).Entries[0].EventId
	}
	must[*eventbridge.DeactivateEventSourceOutput](t)(client.DeactivateEventSource(
		background, &eventbridge.DeactivateEventSourceInput{Name: source},
	))
	expectSourceState(t, client, source, ebtypes.EventSourceStatePending)
	put()
	if err := activate(); err != nil {
		t.Fatal(err)
	}
	id := put()
	if found := readEvents(t, receiveAll(t, url, 1))[0]; found.ID != id {
		t.Errorf("received %v, not %s", found, id)
	}
	expectError[*ebtypes.InvalidStateException](t, activate())
	_, err := client.DescribeEventSource(background, &eventbridge.DescribeEventSourceInput{
		Name: aws.String("aws.partner/example.com/no-such-source"),
	})
	expectError[*ebtypes.ResourceNotFoundException](t, err)
}
