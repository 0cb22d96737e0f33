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

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
)

// expectCode expects an error that the SDK has no type for.
func expectCode(t *testing.T, err error, code string) {
	t.Helper()
	var expected smithy.APIError
	if !errors.As(err, &expected) || expected.ErrorCode() != code {
		t.Errorf("got %v, not %s", err, code)
	}
}

func TestSettingsOfABus(t *testing.T) {
	client, background := newEventClient(), context.Background()
	_, letters := newTargetQueue(t)
	bus := createEventBus(t, client, eventbridge.CreateEventBusInput{
		Name:             aws.String(uniqueName()),
		Description:      aws.String("Orders"),
		DeadLetterConfig: &ebtypes.DeadLetterConfig{Arn: letters.Arn},
		LogConfig:        &ebtypes.LogConfig{Level: ebtypes.LevelError, IncludeDetail: ebtypes.IncludeDetailFull},
	})
	must[*eventbridge.UpdateEventBusOutput](t)(client.UpdateEventBus(background, &eventbridge.UpdateEventBusInput{
		Name: &bus.name, Description: aws.String("Orders and more"),
	}))
	found := must[*eventbridge.DescribeEventBusOutput](t)(client.DescribeEventBus(
		background, &eventbridge.DescribeEventBusInput{Name: &bus.name},
	))
	if *found.Arn != bus.arn || *found.Description != "Orders and more" || *found.DeadLetterConfig.Arn != *letters.Arn {
		t.Errorf("described as %v", found)
	}
	if found.LogConfig.Level != ebtypes.LevelError || found.LogConfig.IncludeDetail != ebtypes.IncludeDetailFull {
		t.Errorf("described with the log configuration %v", found.LogConfig)
	}
	listed := must[*eventbridge.ListEventBusesOutput](t)(client.ListEventBuses(
		background, &eventbridge.ListEventBusesInput{NamePrefix: &bus.name},
	))
	if len(listed.EventBuses) != 1 || *listed.EventBuses[0].Arn != bus.arn {
		t.Errorf("listed as %v", listed.EventBuses)
	}
}

func TestRuleIsDisabledAndEnabled(t *testing.T) {
	bus, background := newEventBus(t), context.Background()
	url, queue := newTargetQueue(t)
	rule := bus.rule(t, everything, queue)
	must[*eventbridge.DisableRuleOutput](t)(bus.client.DisableRule(background, &eventbridge.DisableRuleInput{
		Name: &rule, EventBusName: &bus.name,
	}))
	describe := func() *eventbridge.DescribeRuleOutput {
		return must[*eventbridge.DescribeRuleOutput](t)(bus.client.DescribeRule(background, &eventbridge.DescribeRuleInput{
			Name: &rule, EventBusName: &bus.name,
		}))
	}
	if found := describe(); found.State != ebtypes.RuleStateDisabled || *found.EventPattern != everything {
		t.Errorf("described as %v", found)
	}
	bus.put(t, bus.order(`{"id": 1}`))
	must[*eventbridge.EnableRuleOutput](t)(bus.client.EnableRule(background, &eventbridge.EnableRuleInput{
		Name: &rule, EventBusName: &bus.name,
	}))
	if found := describe(); found.State != ebtypes.RuleStateEnabled {
		t.Errorf("described as %v", found)
	}
	id := bus.put(t, bus.order(`{"id": 2}`))[0]
	if found := readEvents(t, receiveAll(t, url, 1))[0]; found.ID != id {
		t.Errorf("received %v, not %s", found, id)
	}
	named := must[*eventbridge.ListRuleNamesByTargetOutput](t)(bus.client.ListRuleNamesByTarget(
		background, &eventbridge.ListRuleNamesByTargetInput{TargetArn: queue.Arn, EventBusName: &bus.name},
	))
	if !slices.Equal(named.RuleNames, []string{rule}) {
		t.Errorf("the target's rules are %v", named.RuleNames)
	}
}

func TestScheduleRules(t *testing.T) {
	client, background := newEventClient(), context.Background()
	put := func(bus, schedule string) (string, error) {
		name := uniqueName()
		_, err := client.PutRule(background, &eventbridge.PutRuleInput{
			Name: &name, EventBusName: &bus, ScheduleExpression: &schedule, State: ebtypes.RuleStateDisabled,
		})
		return name, err
	}
	for _, schedule := range []string{"rate(5 minutes)", "cron(0 12 ? * MON-FRI *)"} {
		name := must[string](t)(put("default", schedule))
		found := must[*eventbridge.DescribeRuleOutput](t)(client.DescribeRule(
			background, &eventbridge.DescribeRuleInput{Name: &name},
		))
		if *found.ScheduleExpression != schedule || found.EventPattern != nil || found.State != ebtypes.RuleStateDisabled {
			t.Errorf("described as %v", found)
		}
		must[*eventbridge.DeleteRuleOutput](t)(client.DeleteRule(background, &eventbridge.DeleteRuleInput{Name: &name}))
	}
	_, err := put("default", "rate(5 minute)")
	expectCode(t, err, "ValidationException")
	_, err = put(newEventBus(t).name, "rate(5 minutes)")
	expectCode(t, err, "ValidationException")
}

// The SDK has no paginators for EventBridge.
func TestPagesOfRules(t *testing.T) {
	bus := newEventBus(t)
	expected, found, lengths := []string{}, []string{}, []int{}
	for range 7 {
		expected = append(expected, bus.rule(t, everything))
	}
	input := eventbridge.ListRulesInput{EventBusName: &bus.name, Limit: aws.Int32(3)}
	for more := true; more; more = input.NextToken != nil {
		page := must[*eventbridge.ListRulesOutput](t)(bus.client.ListRules(context.Background(), &input))
		for _, rule := range page.Rules {
			found = append(found, *rule.Name)
		}
		lengths, input.NextToken = append(lengths, len(page.Rules)), page.NextToken
	}
	expectSame(t, found, expected)
	if !slices.Equal(lengths, []int{3, 3, 1}) {
		t.Errorf("pages of %v", lengths)
	}
}

func TestPagesOfTargets(t *testing.T) {
	bus := newEventBus(t)
	expected, found, lengths, targets := []string{}, []string{}, []int{}, []ebtypes.Target{}
	for number := range 5 {
		// EventBridge doesn't ask whether a queue exists.
		target := target(fmt.Sprintf("arn:aws:sqs:us-east-1:123456789012:never-%d", number))
		target.Id = aws.String(fmt.Sprint(number))
		expected, targets = append(expected, *target.Arn), append(targets, target)
	}
	rule := bus.rule(t, everything, targets...)
	input := eventbridge.ListTargetsByRuleInput{Rule: &rule, EventBusName: &bus.name, Limit: aws.Int32(2)}
	for more := true; more; more = input.NextToken != nil {
		page := must[*eventbridge.ListTargetsByRuleOutput](t)(bus.client.ListTargetsByRule(context.Background(), &input))
		for _, target := range page.Targets {
			found = append(found, *target.Arn)
		}
		lengths, input.NextToken = append(lengths, len(page.Targets)), page.NextToken
	}
	expectSame(t, found, expected)
	if !slices.Equal(lengths, []int{2, 2, 1}) {
		t.Errorf("pages of %v", lengths)
	}
	removed := must[*eventbridge.RemoveTargetsOutput](t)(bus.client.RemoveTargets(
		context.Background(),
		&eventbridge.RemoveTargetsInput{Rule: &rule, EventBusName: &bus.name, Ids: []string{"0", "1", "2", "3"}},
	))
	left := must[*eventbridge.ListTargetsByRuleOutput](t)(bus.client.ListTargetsByRule(context.Background(), &input)).Targets
	if removed.FailedEntryCount != 0 || len(left) != 1 || *left[0].Id != "4" {
		t.Errorf("removed all but %v, with %v", left, removed.FailedEntries)
	}
}

func TestTagsOfBusesAndRules(t *testing.T) {
	bus, background := newEventBus(t), context.Background()
	rule := bus.ruleArn(bus.rule(t, everything))
	for _, arn := range []string{bus.arn, rule} {
		must[*eventbridge.TagResourceOutput](t)(bus.client.TagResource(background, &eventbridge.TagResourceInput{
			ResourceARN: &arn,
			Tags: []ebtypes.Tag{
				{Key: aws.String("stage"), Value: aws.String("test")},
				{Key: aws.String("owner"), Value: aws.String("nobody")},
			},
		}))
		must[*eventbridge.UntagResourceOutput](t)(bus.client.UntagResource(background, &eventbridge.UntagResourceInput{
			ResourceARN: &arn, TagKeys: []string{"owner"},
		}))
		tags := must[*eventbridge.ListTagsForResourceOutput](t)(bus.client.ListTagsForResource(
			background, &eventbridge.ListTagsForResourceInput{ResourceARN: &arn},
		)).Tags
		if len(tags) != 1 || *tags[0].Key != "stage" || *tags[0].Value != "test" {
			t.Errorf("tags of %s: %v", arn, tags)
		}
	}
}

func TestPermissionsOfABus(t *testing.T) {
	bus, background := newEventBus(t), context.Background()
	policy := func() *string {
		return must[*eventbridge.DescribeEventBusOutput](t)(bus.client.DescribeEventBus(
			background, &eventbridge.DescribeEventBusInput{Name: &bus.name},
		)).Policy
	}
	must[*eventbridge.PutPermissionOutput](t)(bus.client.PutPermission(background, &eventbridge.PutPermissionInput{
		EventBusName: &bus.name, Action: aws.String("events:PutEvents"), Principal: aws.String("111111111111"),
		StatementId: aws.String("friend"),
	}))
	found := struct {
		Statement []struct{ Sid, Effect, Action, Resource string }
	}{}
	if err := json.Unmarshal([]byte(aws.ToString(policy())), &found); err != nil {
		t.Fatal(err)
	}
	if len(found.Statement) != 1 || found.Statement[0].Sid != "friend" || found.Statement[0].Resource != bus.arn {
		t.Errorf("policy %v", found)
	}
	_, err := bus.client.RemovePermission(background, &eventbridge.RemovePermissionInput{
		EventBusName: &bus.name, StatementId: aws.String("other"),
	})
	expectError[*ebtypes.ResourceNotFoundException](t, err)
	must[*eventbridge.RemovePermissionOutput](t)(bus.client.RemovePermission(background, &eventbridge.RemovePermissionInput{
		EventBusName: &bus.name, StatementId: aws.String("friend"),
	}))
	if left := policy(); left != nil {
		t.Errorf("policy %s", *left)
	}
	_, err = bus.client.PutPermission(background, &eventbridge.PutPermissionInput{
		EventBusName: &bus.name, Policy: aws.String(longPolicy(bus.arn)),
	})
	expectError[*ebtypes.PolicyLengthExceededException](t, err)
}

// longPolicy has more statements than the 10 KiB of a policy can hold.
func longPolicy(bus string) string {
	statements := []string{}
	for number := range 100 {
		statements = append(statements, fmt.Sprintf(
			`{"Sid": "friend-%d", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": %q}`,
			number, bus,
		))
	}
	return fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [%s]}`, strings.Join(statements, ","))
}

func TestEndpoints(t *testing.T) {
	bus, background := newEventBus(t), context.Background()
	name := aws.String(uniqueName())
	input := eventbridge.CreateEndpointInput{
		Name: name,
		RoutingConfig: &ebtypes.RoutingConfig{FailoverConfig: &ebtypes.FailoverConfig{
			Primary:   &ebtypes.Primary{HealthCheck: aws.String("arn:aws:route53:::healthcheck/1")},
			Secondary: &ebtypes.Secondary{Route: aws.String("us-west-2")},
		}},
		ReplicationConfig: &ebtypes.ReplicationConfig{State: ebtypes.ReplicationStateDisabled},
		EventBuses: []ebtypes.EndpointEventBus{
			{EventBusArn: &bus.arn}, {EventBusArn: aws.String(strings.Replace(bus.arn, "us-east-1", "us-west-2", 1))},
		},
	}
	created := must[*eventbridge.CreateEndpointOutput](t)(bus.client.CreateEndpoint(background, &input))
	_, err := bus.client.CreateEndpoint(background, &input)
	expectError[*ebtypes.ResourceAlreadyExistsException](t, err)
	found := must[*eventbridge.DescribeEndpointOutput](t)(bus.client.DescribeEndpoint(
		background, &eventbridge.DescribeEndpointInput{Name: name},
	))
	if *found.Arn != *created.Arn || found.State != ebtypes.EndpointStateActive || *found.EndpointId == "" {
		t.Errorf("described as %v", found)
	}
	if route := *found.RoutingConfig.FailoverConfig.Secondary.Route; route != "us-west-2" || len(found.EventBuses) != 2 {
		t.Errorf("described as %v", found)
	}
	listed := must[*eventbridge.ListEndpointsOutput](t)(bus.client.ListEndpoints(
		background, &eventbridge.ListEndpointsInput{NamePrefix: name},
	)).Endpoints
	if len(listed) != 1 || *listed[0].EndpointId != *found.EndpointId {
		t.Errorf("listed as %v", listed)
	}
	must[*eventbridge.DeleteEndpointOutput](t)(bus.client.DeleteEndpoint(
		background, &eventbridge.DeleteEndpointInput{Name: name},
	))
	_, err = bus.client.DescribeEndpoint(background, &eventbridge.DescribeEndpointInput{Name: name})
	expectError[*ebtypes.ResourceNotFoundException](t, err)
}

func TestErrorsOfRules(t *testing.T) {
	bus, background := newEventBus(t), context.Background()
	putRule := func(bus, pattern *string) error {
		_, err := newEventClient().PutRule(background, &eventbridge.PutRuleInput{
			Name: aws.String("rule"), EventBusName: bus, EventPattern: pattern,
		})
		return err
	}

	t.Run("no such bus", func(t *testing.T) {
		err := putRule(aws.String("no-such-bus"), aws.String(everything))
		var expected *ebtypes.ResourceNotFoundException
		if !errors.As(err, &expected) || expected.ErrorMessage() != "Event bus no-such-bus does not exist." {
			t.Errorf("got %v", err)
		}
		var response *awshttp.ResponseError
		if !errors.As(err, &response) || response.HTTPStatusCode() != http.StatusBadRequest {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no such rule", func(t *testing.T) {
		_, err := bus.client.DescribeRule(background, &eventbridge.DescribeRuleInput{
			Name: aws.String("no-such-rule"), EventBusName: &bus.name,
		})
		expectError[*ebtypes.ResourceNotFoundException](t, err)
	})
	t.Run("the name of another bus", func(t *testing.T) {
		_, err := bus.client.CreateEventBus(background, &eventbridge.CreateEventBusInput{Name: &bus.name})
		expectError[*ebtypes.ResourceAlreadyExistsException](t, err)
	})
	t.Run("invalid pattern", func(t *testing.T) {
		err := putRule(&bus.name, aws.String(`{"source": [{"suffixes": "x"}]}`))
		var expected *ebtypes.InvalidEventPatternException
		if !errors.As(err, &expected) || !strings.HasPrefix(expected.ErrorMessage(), "Event pattern is not valid. Reason: ") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("neither pattern nor schedule", func(t *testing.T) {
		expectCode(t, putRule(&bus.name, nil), "ValidationException")
	})
	t.Run("too many targets", func(t *testing.T) {
		targets := []ebtypes.Target{}
		for number := range 6 {
			target := target("arn:aws:sqs:us-east-1:123456789012:never")
			target.Id = aws.String(fmt.Sprint(number))
			targets = append(targets, target)
		}
		_, err := bus.client.PutTargets(background, &eventbridge.PutTargetsInput{
			Rule: aws.String(bus.rule(t, everything)), EventBusName: &bus.name, Targets: targets,
		})
		expectError[*ebtypes.LimitExceededException](t, err)
	})
	t.Run("a rule with targets is deleted", func(t *testing.T) {
		_, queue := newTargetQueue(t)
		_, err := bus.client.DeleteRule(background, &eventbridge.DeleteRuleInput{
			Name: aws.String(bus.rule(t, everything, queue)), EventBusName: &bus.name,
		})
		expectCode(t, err, "ValidationException")
	})
}
