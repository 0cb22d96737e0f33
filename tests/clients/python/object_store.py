"""An object store that speaks the S3 API: Moto's, on a loopback port. What it has outlives its being away."""

import gzip

import boto3
import zstandard
from moto.server import ThreadedMotoServer

from conftest import OWN_ACCOUNT, REGION


class ObjectStore:
    def __init__(self):
        self.server = None
        self.port = 0
        self.start()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.s3 = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=OWN_ACCOUNT,
            aws_secret_access_key="secret",
        )

    def start(self):
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self.server.start()
        _, self.port = self.server.get_host_and_port()

    def stop(self):
        self.server.stop()

    def keys(self, bucket, prefix=""):
        return [found["Key"] for found in self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])]

    def content(self, bucket, key):
        """What is in an object, which says by its name how it is compressed."""
        content = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        if key.endswith(".gz"):
            return gzip.decompress(content)
        if key.endswith(".zst"):
            return zstandard.ZstdDecompressor().decompressobj().decompress(content)
        return content

    def contents(self, bucket, prefix=""):
        return [self.content(bucket, key) for key in self.keys(bucket, prefix)]

    def lines(self, bucket, prefix=""):
        return [line for content in self.contents(bucket, prefix) for line in content.decode().splitlines()]
