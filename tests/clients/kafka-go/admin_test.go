package clients

import (
	"errors"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestTheLifeOfATopic(t *testing.T) {
	admin, deadline, name := newAdmin(t), withDeadline(t), uniqueName("go")
	must[kadm.CreateTopicResponse](t)(admin.CreateTopic(deadline, 3, 1, nil, name))
	if _, err := admin.CreateTopic(deadline, 3, 1, nil, name); !errors.Is(err, kerr.TopicAlreadyExists) {
		t.Errorf("%v instead of %v", err, kerr.TopicAlreadyExists)
	}
	listed := must[kadm.TopicDetails](t)(admin.ListTopics(deadline, name))
	expect(t, "partitions", len(listed[name].Partitions), 3)
	must[kadm.CreatePartitionsResponses](t)(admin.UpdatePartitions(deadline, 5, name))
	listed = must[kadm.TopicDetails](t)(admin.ListTopics(deadline, name))
	expect(t, "partitions", len(listed[name].Partitions), 5)
	must[kadm.DeleteTopicResponse](t)(admin.DeleteTopic(deadline, name))
	expect(t, "listed", must[kadm.TopicDetails](t)(admin.ListTopics(deadline)).Has(name), false)
}

func TestTheSettingsOfATopic(t *testing.T) {
	topic := createTopic(t, 1, nil)
	admin, deadline, hour := newAdmin(t), withDeadline(t), "3600000"
	change := []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "retention.ms", Value: &hour}}
	altered := must[kadm.AlterConfigsResponses](t)(admin.AlterTopicConfigs(deadline, change, topic))
	check(t, altered[0].Err)
	described := must[kadm.ResourceConfigs](t)(admin.DescribeTopicConfigs(deadline, topic))
	found := described[0].Configs
	at := slices.IndexFunc(found, func(config kadm.Config) bool { return config.Key == "retention.ms" })
	expect(t, "retention.ms", found[at].MaybeValue(), hour)
}

func TestOffsetsAreListedAndRecordsDeleted(t *testing.T) {
	topic := createTopic(t, 1, nil)
	admin, deadline := newAdmin(t), withDeadline(t)
	produce(t, newClient(t), topic, "1", "2", "3")
	offsets := kadm.Offsets{}
	offsets.AddOffset(topic, 0, 2, -1)
	deleted := must[kadm.DeleteRecordsResponses](t)(admin.DeleteRecords(deadline, offsets))
	expect(t, "low watermark", deleted[topic][0].LowWatermark, 2)
	starts := must[kadm.ListedOffsets](t)(admin.ListStartOffsets(deadline, topic))
	ends := must[kadm.ListedOffsets](t)(admin.ListEndOffsets(deadline, topic))
	expect(t, "start", starts[topic][0].Offset, 2)
	expect(t, "end", ends[topic][0].Offset, 3)
	expectAll(t, "values", values(readAll(t, topic, 1)), []string{"3"})
}

func TestProducersAreDescribed(t *testing.T) {
	topic := createTopic(t, 1, nil)
	produce(t, newClient(t, kgo.DefaultProduceTopic(topic)), topic, "1", "2")
	topics := kadm.TopicsSet{}
	topics.Add(topic, 0)
	described := must[kadm.DescribedProducersTopics](t)(newAdmin(t).DescribeProducers(withDeadline(t), topics))
	producers := described[topic].Partitions[0].ActiveProducers.Sorted()
	expect(t, "producers", len(producers), 1)
	expect(t, "last sequence", producers[0].LastSequence, 1)
}

func TestTheBroker(t *testing.T) {
	admin, deadline := newAdmin(t), withDeadline(t)
	metadata := must[kadm.Metadata](t)(admin.BrokerMetadata(deadline))
	expect(t, "brokers", len(metadata.Brokers), 1)
	expect(t, "controller", metadata.Controller, metadata.Brokers[0].NodeID)
	configs := must[kadm.ResourceConfigs](t)(admin.DescribeBrokerConfigs(deadline, metadata.Controller))
	check(t, configs[0].Err)
	directories := must[kadm.DescribedAllLogDirs](t)(admin.DescribeAllLogDirs(deadline, nil))
	expect(t, "brokers with directories", len(directories), 1)
}
