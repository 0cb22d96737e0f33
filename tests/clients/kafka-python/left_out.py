"""What of kafka-python's integration tests is not run against Ninefold, each with its reason.

A test that is skipped and not named here fails the suite, and so does a name here that no test has or that was run.
"""

OWN_BROKER = "starts a broker of its own from an unpacked Apache Kafka, to configure its listeners"
OLD_BROKERS = "for brokers before 0.10.1"

# Not collected at all.
FILES = {
    "test/integration/test_ssl_integration.py": OWN_BROKER,
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
