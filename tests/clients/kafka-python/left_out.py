"""What of kafka-python's integration tests is not run against Ninefold, each with its reason.

A test that is skipped and not named here fails the suite, and so does a name here that no test has or that was run.
Named as well: the tests that are run again because the client races with itself.
"""

OWN_BROKER = "starts a broker of its own from an unpacked Apache Kafka, to configure its listeners"
OLD_BROKERS = "for brokers before 0.10.1"
SHORT_SESSIONS = "wants sessions of 3 s, which a broker refuses by default (group.min.session.timeout.ms)"
NODE_ZERO = "puts replicas on the broker with the number 0; ours has the number 1"

# Not collected at all.
FILES = {
    "test/integration/test_ssl_integration.py": OWN_BROKER,
}

# Not run.
DESELECTED = {
    "test/integration/test_admin_integration.py::test_create_partitions": NODE_ZERO,
    "test/integration/test_consumer_integration.py::test_group": SHORT_SESSIONS,
}

# Skipped by the suite itself.
SKIPPED = {
    "test/integration/test_consumer_integration.py::test_kafka_consumer_offsets_for_time_old": OLD_BROKERS,
    **{
        f"test/integration/test_sasl_integration.py::{test}[{mechanism}]": OWN_BROKER
        for test in ("test_admin", "test_produce_and_consume", "test_client")
        for mechanism in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
    },
}

# Run again, up to three times in all, when it fails: the consumer subscribes while its first metadata answer is on the
# way, and the client drops the wish for the topic when that answer comes (`ClusterMetadata.update_metadata` clears
# `_need_update` whatever was asked for since). No request of the consumer reaches the broker then.
RACY = {
    "test/integration/test_producer_integration.py::test_idempotent_producer_max_in_flight": 2,
}
