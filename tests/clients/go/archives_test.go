package clients

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

// archive makes an archive of a bus, which is deleted after the test, and returns its name and ARN.
func (b eventBus) archive(t *testing.T, pattern string) (*string, *string) {
	t.Helper()
	name := aws.String(uniqueName())
	created := must[*eventbridge.CreateArchiveOutput](t)(b.client.CreateArchive(
		context.Background(),
		&eventbridge.CreateArchiveInput{
			ArchiveName: name, EventSourceArn: &b.arn, EventPattern: &pattern, RetentionDays: aws.Int32(1),
		},
	))
	t.Cleanup(func() {
		_, err := b.client.DeleteArchive(context.Background(), &eventbridge.DeleteArchiveInput{ArchiveName: name})
		if err != nil {
			t.Error(err)
		}
	})
	return name, created.ArchiveArn
}

// replay replays the last minutes of an archive, waits until that is completed, and returns the replay's name.
func (b eventBus) replay(t *testing.T, archive *string, rules ...string) *string {
	t.Helper()
	name, background := aws.String(uniqueName()), context.Background()
	must[*eventbridge.StartReplayOutput](t)(b.client.StartReplay(background, &eventbridge.StartReplayInput{
		ReplayName: name, EventSourceArn: archive,
		EventStartTime: aws.Time(time.Now().Add(-5 * time.Minute)), EventEndTime: aws.Time(time.Now().Add(time.Minute)),
		Destination: &ebtypes.ReplayDestination{Arn: &b.arn, FilterArns: rules},
	}))
	eventually(t, "the replay is completed", func() bool {
		return must[*eventbridge.DescribeReplayOutput](t)(b.client.DescribeReplay(
			background, &eventbridge.DescribeReplayInput{ReplayName: name},
		)).State == ebtypes.ReplayStateCompleted
	})
	return name
}

func TestArchiveIsReplayed(t *testing.T) {
	bus := newEventBus(t)
	url, queue := newTargetQueue(t)
	otherUrl, otherQueue := newTargetQueue(t)
	rule := bus.rule(t, everything, queue)
	bus.rule(t, everything, otherQueue)
	_, archive := bus.archive(t, `{"detail": {"colour": ["red"]}}`)
	ids := bus.put(t, bus.order(`{"colour": "red"}`), bus.order(`{"colour": "blue"}`), bus.order(`{"colour": "red"}`))
	for _, event := range readEvents(t, append(receiveAll(t, url, 3), receiveAll(t, otherUrl, 3)...)) {
		if event.ReplayName != "" {
			t.Errorf("the first time there came %v", event)
		}
	}
	replay := bus.replay(t, archive, bus.ruleArn(rule))
	found := []string{}
	for _, event := range readEvents(t, receiveAll(t, url, 2)) {
		if event.ReplayName != *replay || event.Detail["colour"] != "red" {
			t.Errorf("there came again %v", event)
		}
		found = append(found, event.ID)
	}
	expectSame(t, found, []string{ids[0], ids[2]})
	// What is replayed isn't archived once more, and the other rule was not meant.
	bus.replay(t, archive)
	receiveAll(t, url, 2)
	receiveAll(t, otherUrl, 2)
}

func TestArchiveIsDescribedAndUpdated(t *testing.T) {
	bus, background := newEventBus(t), context.Background()
	name, arn := bus.archive(t, everything)
	bus.put(t, bus.order("{}"), bus.order("{}"))
	must[*eventbridge.UpdateArchiveOutput](t)(bus.client.UpdateArchive(background, &eventbridge.UpdateArchiveInput{
		ArchiveName: name, Description: aws.String("Orders"), RetentionDays: aws.Int32(7),
	}))
	eventually(t, "the archive counts two events", func() bool {
		found := must[*eventbridge.DescribeArchiveOutput](t)(bus.client.DescribeArchive(
			background, &eventbridge.DescribeArchiveInput{ArchiveName: name},
		))
		if *found.ArchiveArn != *arn || *found.EventSourceArn != bus.arn || found.State != ebtypes.ArchiveStateEnabled {
			t.Fatalf("described as %v", found)
		}
		if *found.Description != "Orders" || *found.RetentionDays != 7 || *found.EventPattern != everything {
			t.Fatalf("described as %v", found)
		}
		return found.EventCount == 2 && found.SizeBytes > 0
	})
	listed := must[*eventbridge.ListArchivesOutput](t)(bus.client.ListArchives(
		background, &eventbridge.ListArchivesInput{EventSourceArn: &bus.arn},
	)).Archives
	if len(listed) != 1 || *listed[0].ArchiveName != *name {
		t.Errorf("listed as %v", listed)
	}
}

func TestRuleOfAnArchiveIsManaged(t *testing.T) {
	bus, background := newEventBus(t), context.Background()
	archive, _ := bus.archive(t, everything)
	rule := aws.String("Events-Archive-" + *archive)
	found := must[*eventbridge.DescribeRuleOutput](t)(bus.client.DescribeRule(background, &eventbridge.DescribeRuleInput{
		Name: rule, EventBusName: &bus.name,
	}))
	if aws.ToString(found.ManagedBy) != "prod.vhs.events.aws.internal" {
		t.Errorf("managed by %v", found.ManagedBy)
	}
	_, err := bus.client.PutRule(background, &eventbridge.PutRuleInput{
		Name: rule, EventBusName: &bus.name, EventPattern: aws.String(everything),
	})
	expectError[*ebtypes.ManagedRuleException](t, err)
	_, err = bus.client.PutTargets(background, &eventbridge.PutTargetsInput{
		Rule: rule, EventBusName: &bus.name, Targets: []ebtypes.Target{target("arn:aws:sqs:us-east-1:123456789012:never")},
	})
	expectError[*ebtypes.ManagedRuleException](t, err)
	_, err = bus.client.RemoveTargets(background, &eventbridge.RemoveTargetsInput{
		Rule: rule, EventBusName: &bus.name, Ids: []string{*rule},
	})
	expectError[*ebtypes.ManagedRuleException](t, err)
	_, err = bus.client.DeleteRule(background, &eventbridge.DeleteRuleInput{Name: rule, EventBusName: &bus.name})
	expectError[*ebtypes.ManagedRuleException](t, err)
}

func TestErrorsOfArchivesAndReplays(t *testing.T) {
	bus, background := newEventBus(t), context.Background()
	name, archive := bus.archive(t, everything)
	create := func(name, source, pattern string) error {
		_, err := bus.client.CreateArchive(background, &eventbridge.CreateArchiveInput{
			ArchiveName: &name, EventSourceArn: &source, EventPattern: &pattern,
		})
		return err
	}
	expectError[*ebtypes.ResourceAlreadyExistsException](t, create(*name, bus.arn, everything))
	expectError[*ebtypes.ResourceNotFoundException](t, create(uniqueName(), bus.arn+"-not", everything))
	expectError[*ebtypes.InvalidEventPatternException](t, create(uniqueName(), bus.arn, `{"source": "shop"}`))
	_, err := bus.client.DescribeArchive(background, &eventbridge.DescribeArchiveInput{
		ArchiveName: aws.String("no-such-archive"),
	})
	expectError[*ebtypes.ResourceNotFoundException](t, err)
	completed := bus.replay(t, archive)
	_, err = bus.client.CancelReplay(background, &eventbridge.CancelReplayInput{ReplayName: completed})
	expectError[*ebtypes.IllegalStatusException](t, err)
	replay := func(name *string, destination eventBus, from, to time.Time) error {
		_, err := bus.client.StartReplay(background, &eventbridge.StartReplayInput{
			ReplayName: name, EventSourceArn: archive, EventStartTime: &from, EventEndTime: &to,
			Destination: &ebtypes.ReplayDestination{Arn: &destination.arn},
		})
		return err
	}
	earlier, now := time.Now().Add(-time.Hour), time.Now()
	expectError[*ebtypes.ResourceAlreadyExistsException](t, replay(completed, bus, earlier, now))
	expectCode(t, replay(aws.String(uniqueName()), bus, now, earlier), "ValidationException")
	expectCode(t, replay(aws.String(uniqueName()), newEventBus(t), earlier, now), "ValidationException")
}
