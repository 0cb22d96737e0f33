"""What the tests of MSK make clusters of, and how they wait for them."""

import time

PLAINTEXT = {"EncryptionInTransit": {"ClientBroker": "PLAINTEXT", "InCluster": False}}


def cluster_settings(name, **settings):
    """The arguments of `create_cluster`: one that anybody on this machine can connect to."""
    return {
        "ClusterName": name,
        "KafkaVersion": "3.8.x.kraft",
        "NumberOfBrokerNodes": 3,
        "BrokerNodeGroupInfo": {
            "ClientSubnets": ["subnet-1", "subnet-2", "subnet-3"],
            "InstanceType": "kafka.m7g.large",
            "StorageInfo": {"EbsStorageInfo": {"VolumeSize": 100}},
        },
        "EncryptionInfo": PLAINTEXT,
        **settings,
    }


def described(kafka, arn):
    return kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]


def wait_until_active(kafka, arn, seconds=15):
    """What is said of the cluster once it is active; fails if it isn't in time."""
    deadline = time.monotonic() + seconds
    while (found := described(kafka, arn))["State"] != "ACTIVE":
        assert found["State"] in ("CREATING", "UPDATING", "REBOOTING_BROKER"), found
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def finished(kafka, operation_arn, seconds=15):
    """What is said of a cluster operation once it has ended; fails if it doesn't in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = kafka.describe_cluster_operation(ClusterOperationArn=operation_arn)["ClusterOperationInfo"]
        if found["OperationState"] not in ("PENDING", "UPDATE_IN_PROGRESS"):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
