package clients

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

func inTransaction(t *testing.T, client *kgo.Client, topic string, end kgo.TransactionEndTry, values ...string) {
	t.Helper()
	check(t, client.BeginTransaction())
	produce(t, client, topic, values...)
	check(t, client.EndTransaction(withDeadline(t), end))
}

func TestWhatIsCommittedIsReadAndWhatIsAbortedIsNot(t *testing.T) {
	topic := createTopic(t, 1, nil)
	client := newClient(t, kgo.TransactionalID(uniqueName("transactional")))
	inTransaction(t, client, topic, kgo.TryAbort, "aborted")
	inTransaction(t, client, topic, kgo.TryCommit, "committed 1", "committed 2")
	inTransaction(t, client, topic, kgo.TryAbort, "aborted")
	inTransaction(t, client, topic, kgo.TryCommit, "committed 3")
	committed := values(readAll(t, topic, 3, kgo.FetchIsolationLevel(kgo.ReadCommitted())))
	expectAll(t, "committed", committed, []string{"committed 1", "committed 2", "committed 3"})
	everything := values(readAll(t, topic, 5, kgo.FetchIsolationLevel(kgo.ReadUncommitted())))
	expect(t, "everything has what was aborted", slices.Contains(everything, "aborted"), true)
}

func TestANewerProducerFencesTheOlder(t *testing.T) {
	topic, name := createTopic(t, 1, nil), uniqueName("transactional")
	older, newer := newClient(t, kgo.TransactionalID(name)), newClient(t, kgo.TransactionalID(name))
	inTransaction(t, older, topic, kgo.TryCommit, "older")
	inTransaction(t, newer, topic, kgo.TryCommit, "newer")
	// The client may have been told already.
	err := older.BeginTransaction()
	if err == nil {
		err = older.ProduceSync(withDeadline(t), &kgo.Record{Topic: topic, Value: []byte("zombie")}).FirstErr()
	}
	if !errors.Is(err, kerr.ProducerFenced) && !errors.Is(err, kerr.InvalidProducerEpoch) {
		t.Errorf("%v instead of %v", err, kerr.ProducerFenced)
	}
}

// copySome reads records of a topic in a group and writes them to another, in one transaction for each poll.
func copySome(t *testing.T, group, source, sink string, count int) {
	t.Helper()
	session := must[*kgo.GroupTransactSession](t)(kgo.NewGroupTransactSession(
		kgo.SeedBrokers(os.Getenv("NINEFOLD_KAFKA")), kgo.TransactionalID(uniqueName("copy")), kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(source), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.RequireStableFetchOffsets(),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
	))
	defer session.Close()
	for copied := 0; copied < count; {
		fetches := session.PollRecords(withDeadline(t), count-copied)
		check(t, fetches.Err())
		check(t, session.Begin())
		for _, record := range fetches.Records() {
			session.Produce(context.Background(), &kgo.Record{Topic: sink, Value: record.Value}, nil)
		}
		if must[bool](t)(session.End(withDeadline(t), kgo.TryCommit)) {
			copied += fetches.NumRecords()
		}
	}
}

func TestRecordsAreCopiedExactlyOnce(t *testing.T) {
	source, sink, group := createTopic(t, 1, nil), createTopic(t, 1, nil), uniqueName("group")
	sent := []string{}
	for number := range 60 {
		sent = append(sent, string(rune('A'+number)))
	}
	produce(t, newClient(t), source, sent...)
	copySome(t, group, source, sink, 20)
	copySome(t, group, source, sink, 40)
	copied := values(readAll(t, sink, len(sent), kgo.FetchIsolationLevel(kgo.ReadCommitted())))
	expectAll(t, "copied", copied, sent)
	fetched := must[kadm.OffsetResponses](t)(newAdmin(t).FetchOffsets(withDeadline(t), group))
	offset, _ := fetched.Lookup(source, 0)
	expect(t, "offset of the group", offset.At, int64(len(sent)))
}

func TestATransactionIsDescribedWhileItIsOpen(t *testing.T) {
	topic, name := createTopic(t, 1, nil), uniqueName("transactional")
	admin, client := newAdmin(t), newClient(t, kgo.TransactionalID(name))
	check(t, client.BeginTransaction())
	produce(t, client, topic, "open")
	described := must[kadm.DescribedTransactions](t)(admin.DescribeTransactions(withDeadline(t), name))
	expect(t, "state", described[name].State, "Ongoing")
	expect(t, "topics", described[name].Topics.Topics()[0], topic)
	listed := must[kadm.ListedTransactions](t)(admin.ListTransactions(withDeadline(t), nil, []string{"Ongoing"}))
	expect(t, "listed", listed[name].TxnID, name)
	check(t, client.EndTransaction(withDeadline(t), kgo.TryAbort))
}
