package clients

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The balancers of groups whose members share the partitions out themselves; and none, where the broker does.
var protocols = map[string][]kgo.Opt{
	"range":              {kgo.Balancers(kgo.RangeBalancer())},
	"cooperative-sticky": {kgo.Balancers(kgo.CooperativeStickyBalancer())},
	"consumer":           {kgo.ServerSideBalancer(), kgo.Balancers(kgo.RangeBalancer())},
}

func joinGroup(t *testing.T, group, topic string, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	start := kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())
	joined := []kgo.Opt{kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), start}
	return newClient(t, append(joined, options...)...)
}

// waitForMembers polls the clients until the group has so many members and every partition has one of them.
func waitForMembers(t *testing.T, group string, count, partitions int, clients ...*kgo.Client) {
	t.Helper()
	admin, deadline := newAdmin(t), withDeadline(t)
	for {
		for _, client := range clients {
			turn, cancel := context.WithTimeout(deadline, 50*time.Millisecond)
			client.PollFetches(turn)
			cancel()
		}
		members, assigned := membersOf(t, admin, group)
		if members == count && assigned == partitions {
			return
		}
		if deadline.Err() != nil {
			t.Fatalf("%d members with %d partitions instead of %d with %d", members, assigned, count, partitions)
		}
	}
}

func membersOf(t *testing.T, admin *kadm.Client, group string) (members, assigned int) {
	t.Helper()
	if described, err := admin.DescribeConsumerGroups(withDeadline(t), group); err == nil && described[group].Err == nil {
		for _, member := range described[group].Members {
			for _, partitions := range member.Assignment {
				assigned += len(partitions)
			}
		}
		return len(described[group].Members), assigned
	}
	described := must[kadm.DescribedGroups](t)(admin.DescribeGroups(withDeadline(t), group))
	if described[group].State != "Stable" {
		return 0, 0
	}
	for _, partitions := range described.AssignedPartitions() {
		assigned += len(partitions)
	}
	return len(described[group].Members), assigned
}

func TestMembersShareThePartitions(t *testing.T) {
	for name, options := range protocols {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			topic, group := createTopic(t, 4, nil), uniqueName("group")
			first := joinGroup(t, group, topic, options...)
			waitForMembers(t, group, 1, 4, first)
			second := joinGroup(t, group, topic, options...)
			waitForMembers(t, group, 2, 4, first, second)
			producer := newClient(t, kgo.RecordPartitioner(kgo.ManualPartitioner()))
			for partition := range 4 {
				record := &kgo.Record{Topic: topic, Partition: int32(partition), Value: fmt.Append(nil, partition)}
				check(t, producer.ProduceSync(withDeadline(t), record).FirstErr())
			}
			seen := map[int32]bool{}
			for _, record := range consume(t, 4, first, second) {
				seen[record.Partition] = true
			}
			expect(t, "partitions", len(seen), 4)
			second.LeaveGroup()
			waitForMembers(t, group, 1, 4, first)
		})
	}
}

func TestAGroupGoesOnWhereItWas(t *testing.T) {
	for name, options := range protocols {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			topic, group := createTopic(t, 1, nil), uniqueName("group")
			produce(t, newClient(t), topic, "1", "2", "3")
			own := append([]kgo.Opt{kgo.DisableAutoCommit()}, options...)
			first := joinGroup(t, group, topic, own...)
			records := consume(t, 3, first)
			check(t, first.CommitRecords(withDeadline(t), records[1]))
			first.Close()
			expectAll(t, "values", values(consume(t, 1, joinGroup(t, group, topic, own...))), []string{"3"})
		})
	}
}

func TestLagAndOffsetsOfAGroup(t *testing.T) {
	topic, group := createTopic(t, 2, nil), uniqueName("group")
	admin, deadline := newAdmin(t), withDeadline(t)
	producer := newClient(t, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	produce(t, producer, topic, "1", "2", "3")
	offsets := kadm.Offsets{}
	offsets.AddOffset(topic, 0, 1, -1)
	check(t, admin.CommitAllOffsets(deadline, group, offsets))
	lag := must[kadm.DescribedGroupLags](t)(admin.Lag(deadline, group))
	expect(t, "lag", lag[group].Lag.Total(), 2)
	listed := must[kadm.ListedGroups](t)(admin.ListGroups(deadline))
	expect(t, "state", listed[group].State, "Empty")
	topics := kadm.TopicsSet{}
	topics.Add(topic, 0)
	must[kadm.DeleteOffsetsResponses](t)(admin.DeleteOffsets(deadline, group, topics))
	fetched := must[kadm.OffsetResponses](t)(admin.FetchOffsets(deadline, group))
	expect(t, "offsets", len(fetched.Offsets()), 0)
	must[kadm.DeleteGroupResponses](t)(admin.DeleteGroups(deadline, group))
}
