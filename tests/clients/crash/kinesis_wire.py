"""A small Kinesis client on a bare connection."""

import base64
import json

from wire import Connection


class StreamClient(Connection):
    """Kinesis, in JSON."""

    service = "kinesis"
    content_type = "application/x-amz-json-1.1"

    def create_stream(self, name, shards):
        self._call("CreateStream", {"StreamName": name, "ShardCount": shards})

    def create_stream_on_demand(self, name):
        """Makes a stream that can have queues."""
        self._call("CreateStream", {"StreamName": name, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}})

    def create_queue(self, name, stream, receives):
        """Makes a queue of all records of a stream, each of which may be received so many times; its ARN."""
        arn = self._call("DescribeStreamSummary", {"StreamName": stream})["StreamDescriptionSummary"]["StreamARN"]
        source = {"StreamARN": arn, "StartingPosition": {"Type": "TRIM_HORIZON"}}
        attributes = {"DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": receives}}
        queue = {"QueueName": name, "StreamConfigurationList": [source], "QueueAttributes": attributes}
        return self._call("CreateQueue", queue)["QueueDescription"]["QueueARN"]

    def receive(self, queue, visibility_seconds):
        limits = {"MaxNumberOfRecords": 10, "WaitTimeSeconds": 1, "VisibilityTimeoutSeconds": visibility_seconds}
        return self._call("ReceiveQueueRecords", {"QueueARN": queue, **limits})["QueueRecords"]

    def acknowledge(self, queue, records):
        """Acknowledges records; returns those of which that was acknowledged."""
        entries = [{"ReceiptHandle": record["ReceiptHandle"]} for record in records]
        answer = self._call("AcknowledgeQueueRecords", {"QueueARN": queue, "Entries": entries})
        done = {entry["ReceiptHandle"] for entry in answer["Successful"]}
        return [record for record in records if record["ReceiptHandle"] in done]

    def shards(self, name):
        """Pairs of a shard's id and the first hash key of its range."""
        found = self._call("ListShards", {"StreamName": name})["Shards"]
        return [(shard["ShardId"], shard["HashKeyRange"]["StartingHashKey"]) for shard in found]

    def status(self, name):
        return self._call("DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]["StreamStatus"]

    def put(self, name, hash_key, texts):
        """Puts records into the shard of a hash key; returns the sequence number of each text."""
        records = [{"Data": encoded(text), "PartitionKey": "load", "ExplicitHashKey": hash_key} for text in texts]
        answer = self._call("PutRecords", {"StreamName": name, "Records": records})
        assert answer["FailedRecordCount"] == 0, answer
        return {text: each["SequenceNumber"] for text, each in zip(texts, answer["Records"])}

    def iterator(self, name, shard, after=None):
        """An iterator from the beginning of a shard, or after a sequence number."""
        place = {"ShardIteratorType": "TRIM_HORIZON"}
        if after is not None:
            place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": after}
        return self._call("GetShardIterator", {"StreamName": name, "ShardId": shard, **place})["ShardIterator"]

    def records(self, iterator):
        """Pairs of sequence number and text, how many milliseconds behind they are, and the iterator to go on with."""
        answer = self._call("GetRecords", {"ShardIterator": iterator})
        found = [(record["SequenceNumber"], decoded(record["Data"])) for record in answer["Records"]]
        return found, answer["MillisBehindLatest"], answer["NextShardIterator"]

    def _call(self, operation, arguments):
        target = {"X-Amz-Target": f"Kinesis_20131202.{operation}"}
        body = self._post(operation, json.dumps(arguments), **target)
        return json.loads(body) if body else {}


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def decoded(data):
    return base64.b64decode(data).decode()
