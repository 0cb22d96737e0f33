"""A server that enforces authentication, with two accounts and their users."""

import json

from botocore.exceptions import ClientError

from conftest import connect
from ninefold_server import Server, binary_from_environment, create_key
from own_server import eventually

OWNER, GUEST = "111111111111", "222222222222"
UNKNOWN_KEY = {"InvalidClientTokenId", "UnrecognizedClientException"}


class Enforcing:
    def __init__(self, data, *options):
        binary = binary_from_environment()
        self.data = data
        self.server = Server(binary, data, "--auth", "enforce", *options)
        self._keys = {account: create_key(binary, data, "--account", account) for account in (OWNER, GUEST)}

    def client(self, service, account=OWNER):
        return self._connect(service, self._keys[account])

    def user(self, service, name, *statements):
        """A client of a new user of the owner's account, who may do what the statements say."""
        policy = self.data.parent / f"{name}.json"
        policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
        arguments = ["--account", OWNER, "--user", name, "--policy", str(policy)]
        key = create_key(self.server.binary, self.data, *arguments)
        eventually(lambda: self._is_known(key))
        return self._connect(service, key)

    def _is_known(self, key):
        """A running server learns of new keys within a second."""
        try:
            return self._connect("sts", key).get_caller_identity()
        except ClientError as error:
            assert error.response["Error"]["Code"] in UNKNOWN_KEY, error
            return None

    def _connect(self, service, key):
        return connect(self.server.endpoint, service, key["AccessKeyId"], secret=key["SecretAccessKey"])


def allow(principal, action, resource, **condition):
    """A policy of a resource."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
