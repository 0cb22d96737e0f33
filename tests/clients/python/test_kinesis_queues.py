"""Queues of data streams: records by lease, with receipt handles, and dead letters."""

import concurrent.futures
import datetime
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from conftest import REGION, connect, unique_name
from data_streams import data, get_all, shards, stream_arn, summary, unchecked
from enforcing_server import GUEST, OWNER, Enforcing, allow
from expectations import refused
from ninefold_server import Server, binary_from_environment
from own_server import eventually

ON_DEMAND = {"StreamMode": "ON_DEMAND"}
MANY = [{"PartitionKey": str(number), "Data": str(number).encode()} for number in range(25)]


def create_queue(kinesis, stream, name=None, position="TRIM_HORIZON", **members):
    """Makes a queue on a stream; its ARN."""
    starting = position if isinstance(position, dict) else {"Type": position}
    source = {"StreamARN": stream, "StartingPosition": starting}
    created = kinesis.create_queue(
        QueueName=name or unique_name("queue"), StreamConfigurationList=[source], **members
    )
    return created["QueueDescription"]["QueueARN"]


def dead_after(receives):
    return {"DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": receives}}


def receive(kinesis, queue, dead=False, **members):
    """One receive call, which doesn't wait long: the list of records."""
    call = kinesis.receive_dead_letter_queue_records if dead else kinesis.receive_queue_records
    return call(QueueARN=queue, **{"WaitTimeSeconds": 1, **members})["QueueRecords"]


def receive_all(kinesis, queue, expected, **members):
    records, deadline = [], time.monotonic() + 15
    while len(records) < expected and time.monotonic() < deadline:
        records += receive(kinesis, queue, **members)
    assert len(records) == expected
    return records


def entries(records, **members):
    return [{"ReceiptHandle": record["ReceiptHandle"], **members} for record in records]


def done(answer):
    """How many entries were done; none must have failed."""
    assert answer["Failed"] == []
    return len(answer["Successful"])


def failed(answer):
    """The codes of the entries, of which all must have failed."""
    assert answer["Successful"] == [] and all(entry["ErrorMessage"] for entry in answer["Failed"])
    return [entry["ErrorCode"] for entry in answer["Failed"]]


def give_back(kinesis, queue, records):
    answer = kinesis.update_queue_records_visibility(
        QueueARN=queue, Entries=entries(records, VisibilityTimeoutSeconds=0)
    )
    return done(answer)


@pytest.fixture
def stream(kinesis):
    """An on-demand stream, deleted after the test with its queues; its ARN."""
    name = unique_name("stream")
    kinesis.create_stream(StreamName=name, StreamModeDetails=ON_DEMAND)
    arn = stream_arn(name)
    yield arn
    for queue in kinesis.list_queues(StreamFilter=[{"StreamARN": arn}])["QueueSummaries"]:
        kinesis.delete_queue(QueueARN=queue["QueueARN"])
    kinesis.delete_stream(StreamName=name)


@pytest.fixture
def put(kinesis, stream):
    def put(text, **members):
        kinesis.put_record(StreamARN=stream, Data=text.encode(), **{"PartitionKey": "key", **members})

    return put


def test_a_queue_is_made_changed_listed_and_deleted(kinesis, stream):
    name = unique_name("queue")
    attributes = {"VisibilityTimeoutSeconds": 60, **dead_after(3)}
    created = kinesis.create_queue(
        QueueName=name,
        StreamConfigurationList=[{"StreamARN": stream}],
        QueueAttributes=attributes,
        Tags={"team": "shop"},
    )["QueueDescription"]
    arn = created["QueueARN"]
    assert arn.startswith(f"arn:aws:kinesis:{REGION}:") and ":queue/" in arn and name not in arn
    assert created["QueueStatus"] == "ACTIVE"
    assert created["QueueAttributes"] == attributes
    [source] = created["StreamConfigurationList"]
    assert source["StreamARN"] == stream and source["StartingPosition"]["Type"] == "LATEST"
    assert kinesis.describe_queue(QueueARN=arn)["QueueDescription"] == created
    assert summary(kinesis, stream.rpartition("/")[2])["QueueCount"] == 1
    other = create_queue(kinesis, stream)
    page = kinesis.list_queues(StreamFilter=[{"StreamARN": stream}], MaxResults=1)
    rest = kinesis.list_queues(StreamFilter=[{"StreamARN": stream}], NextToken=page["NextToken"])
    listed = page["QueueSummaries"] + rest["QueueSummaries"]
    assert {queue["QueueARN"] for queue in listed} == {arn, other} and "NextToken" not in rest
    updated = kinesis.update_queue(QueueARN=arn, QueueAttributes={"VisibilityTimeoutSeconds": 0})
    assert updated["QueueDescription"]["QueueAttributes"] == {"VisibilityTimeoutSeconds": 0, **dead_after(3)}
    assert kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "team", "Value": "shop"}]
    kinesis.tag_resource(ResourceARN=arn, Tags={"stage": "test"})
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "stage", "Value": "test"}]
    with refused("ResourceInUseException", status=400):
        kinesis.delete_stream(StreamARN=stream, EnforceConsumerDeletion=True)
    with refused("ResourceInUseException"):
        kinesis.update_stream_mode(StreamARN=stream, StreamModeDetails={"StreamMode": "PROVISIONED"})
    kinesis.delete_queue(QueueARN=arn)
    for call in (kinesis.describe_queue, kinesis.delete_queue, kinesis.receive_queue_records):
        with refused("ResourceNotFoundException", status=400):
            call(QueueARN=arn)


def test_what_makes_no_queue(kinesis, make_stream, endpoint, stream):
    name = unique_name("queue")
    create_queue(kinesis, stream, name)
    with refused("ResourceInUseException"):
        create_queue(kinesis, stream, name)
    with refused("ResourceNotFoundException"):
        create_queue(kinesis, stream_arn("missing"))
    with refused("ValidationException", status=400):
        create_queue(kinesis, stream_arn(make_stream()))
    with refused("ValidationException"):
        create_queue(kinesis, stream, position="AT_TIMESTAMP")
    with refused("ValidationException"):
        create_queue(kinesis, stream, QueueAttributes={"DeadLetterConfiguration": {"TargetType": "BUILT_IN"}})
    loose = unchecked(endpoint)
    with refused("ValidationException"):
        create_queue(loose, stream, QueueAttributes={"VisibilityTimeoutSeconds": 43_201})
    with refused("ValidationException"):
        loose.describe_queue(QueueARN=stream)
    with refused("ValidationException"):
        loose.receive_queue_records(QueueARN=create_queue(kinesis, stream), Limit=11)


def test_queues_and_consumers_share_a_limit(kinesis, stream):
    for number in range(19):
        create_queue(kinesis, stream)
    kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="last")
    with refused("LimitExceededException"):
        create_queue(kinesis, stream)
    with refused("LimitExceededException"):
        kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="one-more")
    kinesis.deregister_stream_consumer(StreamARN=stream, ConsumerName="last")


def test_every_record_is_received_and_acknowledged_once(kinesis, stream):
    billing, shipping = create_queue(kinesis, stream), create_queue(kinesis, stream)
    kinesis.put_records(StreamARN=stream, Records=MANY)
    received = receive_all(kinesis, billing, len(MANY))
    assert sorted(data(received), key=int) == [record["Data"].decode() for record in MANY]
    assert all(record["ReceiveCount"] == 1 and record["PartitionKey"] for record in received)
    assert all(record["RecordId"].isalnum() and record["RecordId"].islower() for record in received)
    now = datetime.datetime.now(datetime.timezone.utc)
    for record in received:
        assert now - record["FirstReceiveTimestamp"] < datetime.timedelta(minutes=1)
        assert now - record["ApproximateArrivalTimestamp"] < datetime.timedelta(minutes=1)
    for start in range(0, len(received), 10):
        batch = received[start : start + 10]
        assert done(kinesis.acknowledge_queue_records(QueueARN=billing, Entries=entries(batch))) == len(batch)
    again = kinesis.acknowledge_queue_records(QueueARN=billing, Entries=entries(received[:1]))
    assert failed(again) == ["ResourceNotFoundException"]
    assert receive(kinesis, billing) == []
    # Another queue has the same records, and so has the stream.
    elsewhere = receive_all(kinesis, shipping, len(MANY))
    assert {record["RecordId"] for record in elsewhere} == {record["RecordId"] for record in received}
    mine = kinesis.acknowledge_queue_records(QueueARN=billing, Entries=entries(elsewhere[:2]))
    assert failed(mine) == ["InvalidArgumentException"] * 2
    name = stream.rpartition("/")[2]
    assert sum(len(get_all(kinesis, name, shard)) for shard in shards(kinesis, name)) == len(MANY)


def test_a_record_is_visible_again_when_its_time_is_over(kinesis, stream, put):
    queue = create_queue(kinesis, stream, QueueAttributes={"VisibilityTimeoutSeconds": 43_200})
    put("text")
    [first] = receive(kinesis, queue, VisibilityTimeoutSeconds=1)
    [second] = receive(kinesis, queue, WaitTimeSeconds=5)
    assert second["ReceiveCount"] == 2 and second["RecordId"] == first["RecordId"]
    assert second["FirstReceiveTimestamp"] == first["FirstReceiveTimestamp"]
    for call in (kinesis.acknowledge_queue_records, kinesis.update_queue_records_visibility):
        members = {"VisibilityTimeoutSeconds": 5} if call == kinesis.update_queue_records_visibility else {}
        answer = call(QueueARN=queue, Entries=entries([first], **members))
        assert failed(answer) == ["InvalidArgumentException"]
    assert give_back(kinesis, queue, [second]) == 1
    [third] = receive(kinesis, queue)
    extended = entries([third, {"ReceiptHandle": "nonsense"}], VisibilityTimeoutSeconds=100)
    answer = kinesis.update_queue_records_visibility(QueueARN=queue, Entries=extended)
    assert [entry["ReceiptHandle"] for entry in answer["Successful"]] == [third["ReceiptHandle"]]
    assert [entry["ReceiptHandle"] for entry in answer["Failed"]] == ["nonsense"]


def test_whoever_waits_hears_at_once(endpoint, kinesis, stream, put):
    queue = create_queue(kinesis, stream)
    waiting = connect(endpoint, "kinesis")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        began = time.monotonic()
        answer = pool.submit(receive, waiting, queue, WaitTimeSeconds=20)
        time.sleep(0.3)  # until it waits; the test holds either way
        put("text")
        assert data(answer.result(timeout=15)) == ["text"]
        assert time.monotonic() - began < 10


def test_dead_letters_are_received_kept_restored_and_acknowledged(kinesis, stream, put):
    queue = create_queue(kinesis, stream, QueueAttributes=dead_after(2))
    put("poison")
    [first] = receive(kinesis, queue)
    give_back(kinesis, queue, [first])
    assert receive(kinesis, queue, dead=True) == []
    [second] = receive(kinesis, queue)
    give_back(kinesis, queue, [second])
    [dead] = receive(kinesis, queue, dead=True)
    assert (dead["Data"], dead["PartitionKey"], dead["ReceiveCount"]) == (b"poison", "key", 3)
    assert dead["RecordId"] == first["RecordId"]
    assert dead["FirstReceiveTimestamp"] == first["FirstReceiveTimestamp"]
    assert receive(kinesis, queue) == []
    assert failed(kinesis.acknowledge_queue_records(QueueARN=queue, Entries=entries([dead]))) == [
        "InvalidArgumentException"
    ]
    visible = entries([dead], VisibilityTimeoutSeconds=0)
    assert done(kinesis.update_dead_letter_queue_records_visibility(QueueARN=queue, Entries=visible)) == 1
    [dead] = receive(kinesis, queue, dead=True)
    assert done(kinesis.restore_dead_letter_queue_records(QueueARN=queue, Entries=entries([dead]))) == 1
    again = kinesis.restore_dead_letter_queue_records(QueueARN=queue, Entries=entries([dead]))
    assert failed(again) == ["ResourceNotFoundException"]
    for count in (1, 2):
        [restored] = receive(kinesis, queue)
        assert restored["ReceiveCount"] == count and restored["RecordId"] == first["RecordId"]
        give_back(kinesis, queue, [restored])
    [dead] = receive(kinesis, queue, dead=True)
    assert done(kinesis.acknowledge_dead_letter_queue_records(QueueARN=queue, Entries=entries([dead]))) == 1
    assert receive(kinesis, queue, dead=True) == [] and receive(kinesis, queue) == []


def test_without_dead_letters_a_record_comes_again_and_again(kinesis, stream, put):
    off = {"DeadLetterConfiguration": {"TargetType": "NONE"}, "VisibilityTimeoutSeconds": 0}
    queue = create_queue(kinesis, stream, QueueAttributes=off)
    put("text")
    assert [receive(kinesis, queue)[0]["ReceiveCount"] for _ in range(9)] == list(range(1, 10))
    kinesis.update_queue(QueueARN=queue, QueueAttributes=dead_after(9))
    assert receive(kinesis, queue) == []
    assert data(receive(kinesis, queue, dead=True)) == ["text"]


def test_a_queue_begins_where_it_is_told(kinesis, stream, put):
    put("early")
    time.sleep(0.01)  # so that there is a time in between
    [early] = receive(kinesis, create_queue(kinesis, stream))
    between = early["ApproximateArrivalTimestamp"] + datetime.timedelta(milliseconds=5)
    put("late")
    since = create_queue(kinesis, stream, position={"Type": "AT_TIMESTAMP", "Timestamp": between})
    latest, oldest = create_queue(kinesis, stream, position="LATEST"), create_queue(kinesis, stream)
    put("new")
    assert data(receive_all(kinesis, latest, 1)) == ["new"]
    assert sorted(data(receive_all(kinesis, since, 2))) == ["late", "new"]
    assert sorted(data(receive_all(kinesis, oldest, 3))) == ["early", "late", "new"]


@pytest.fixture
def server(tmp_path):
    with Server(binary_from_environment(), tmp_path / "data") as server:
        yield server


def restart(server):
    server.kill()
    server.start()
    return connect(server.endpoint, "kinesis")


def test_deliveries_survive_a_kill(server):
    kinesis = connect(server.endpoint, "kinesis")
    kinesis.create_stream(StreamName="orders", StreamModeDetails=ON_DEMAND)
    arn = stream_arn("orders")
    queue = create_queue(kinesis, arn, "billing", QueueAttributes=dead_after(2))
    late = create_queue(kinesis, arn, "late", "LATEST")
    kinesis.put_record(StreamARN=arn, PartitionKey="key", Data=b"poison")
    for _ in range(2):
        give_back(kinesis, queue, receive(kinesis, queue))
    [dead] = receive(kinesis, queue, dead=True, VisibilityTimeoutSeconds=300)
    kinesis.put_records(StreamARN=arn, Records=MANY[:8])
    held = receive_all(kinesis, queue, 8, VisibilityTimeoutSeconds=300)
    assert done(kinesis.acknowledge_queue_records(QueueARN=queue, Entries=entries(held[:4]))) == 4

    # Orderly, every lease and receipt is kept.
    server.stop()
    server.start()
    kinesis = connect(server.endpoint, "kinesis")
    assert receive(kinesis, queue) == [] and receive(kinesis, queue, dead=True) == []
    assert done(kinesis.acknowledge_queue_records(QueueARN=queue, Entries=entries(held[4:6]))) == 2
    kept = entries([dead], VisibilityTimeoutSeconds=400)
    assert done(kinesis.update_dead_letter_queue_records_visibility(QueueARN=queue, Entries=kept)) == 1
    assert done(kinesis.restore_dead_letter_queue_records(QueueARN=queue, Entries=entries([dead]))) == 1

    # What was acknowledged and restored is so after a crash; a record in flight may be visible again.
    kinesis = restart(server)
    described = kinesis.describe_queue(QueueARN=queue)["QueueDescription"]
    assert described["QueueName"] == "billing" and described["QueueAttributes"] == {
        "VisibilityTimeoutSeconds": 30,
        **dead_after(2),
    }
    acknowledged = {record["RecordId"] for record in held[:6]}
    received = receive(kinesis, queue)
    assert dead["RecordId"] in {record["RecordId"] for record in received}
    assert acknowledged.isdisjoint(record["RecordId"] for record in received)
    assert sorted(data(receive_all(kinesis, late, 9)))[-1] == "poison"
    kinesis.delete_queue(QueueARN=queue)
    kinesis = restart(server)
    with refused("ResourceNotFoundException"):
        receive(kinesis, queue)


def consume(endpoint, queue, acknowledged, received, stop):
    """Receives and acknowledges until it is to stop, or the server is gone; notes what was certainly acknowledged."""
    kinesis = connect(endpoint, "kinesis")
    try:
        while not stop.is_set():
            records = receive(kinesis, queue, VisibilityTimeoutSeconds=2)
            received.update(record["RecordId"] for record in records)
            if records:
                answer = kinesis.acknowledge_queue_records(QueueARN=queue, Entries=entries(records))
                handles = {entry["ReceiptHandle"] for entry in answer["Successful"]}
                acknowledged.update(r["RecordId"] for r in records if r["ReceiptHandle"] in handles)
    except (BotoCoreError, ClientError):
        pass  # the server was killed


def consume_by_three(endpoint, queue, enough):
    """What three consumers have acknowledged and received when that is enough for `enough`."""
    acknowledged, received, stop = set(), set(), threading.Event()
    arguments = (endpoint, queue, acknowledged, received, stop)
    consumers = [threading.Thread(target=consume, args=arguments) for _ in range(3)]
    for consumer in consumers:
        consumer.start()
    eventually(lambda: enough(acknowledged), seconds=30)
    return acknowledged, received, stop, consumers


def test_nothing_that_was_acknowledged_comes_back_after_a_kill(server):
    kinesis = connect(server.endpoint, "kinesis")
    kinesis.create_stream(StreamName="orders", StreamModeDetails=ON_DEMAND)
    queue = create_queue(kinesis, stream_arn("orders"), "billing")
    count = 1_000
    for start in range(0, count, 100):
        numbers = range(start, start + 100)
        records = [{"PartitionKey": str(number), "Data": b"text"} for number in numbers]
        kinesis.put_records(StreamName="orders", Records=records)
    before, _, _, consumers = consume_by_three(server.endpoint, queue, lambda done: len(done) >= 100)
    server.kill()
    for consumer in consumers:
        consumer.join()
    assert len(before) < count, "there is nothing left to be received after the kill"
    server.start()
    # What was acknowledged without the client hearing of it may be missing now.
    hidden = 3 * 10
    after, received, stop, consumers = consume_by_three(
        server.endpoint, queue, lambda done: len(done) + len(before) >= count - hidden
    )
    time.sleep(3)  # until all that was in flight is visible again
    stop.set()
    for consumer in consumers:
        consumer.join()
    assert before.isdisjoint(received)
    kinesis = connect(server.endpoint, "kinesis")
    assert receive(kinesis, queue) == [] and receive(kinesis, queue, dead=True) == []
    assert count - hidden <= len(before) + len(after) <= count


def test_policies_of_queues(tmp_path):
    enforcing = Enforcing(tmp_path / "data")
    with enforcing.server:
        owner, guest = enforcing.client("kinesis"), enforcing.client("kinesis", GUEST)
        owner.create_stream(StreamName="orders", StreamModeDetails=ON_DEMAND)
        arn = stream_arn("orders", OWNER, REGION)
        queue = create_queue(owner, arn)
        owner.put_record(StreamARN=arn, PartitionKey="key", Data=b"text")
        with refused("AccessDeniedException", status=400):
            receive(guest, queue)
        actions = ["kinesis:ReceiveQueueRecords", "kinesis:AcknowledgeQueueRecords"]
        owner.put_resource_policy(ResourceARN=queue, Policy=allow({"AWS": GUEST}, actions, queue))
        records = receive(guest, queue)
        assert data(records) == ["text"]
        assert done(guest.acknowledge_queue_records(QueueARN=queue, Entries=entries(records))) == 1
        with refused("AccessDeniedException"):
            guest.delete_queue(QueueARN=queue)
        statement = {"Effect": "Allow", "Action": "kinesis:CreateQueue", "Resource": "*"}
        maker = enforcing.user("kinesis", unique_name("maker"), statement)
        # The stream has to be allowed too.
        with refused("AccessDeniedException"):
            create_queue(maker, arn)
