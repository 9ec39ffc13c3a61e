"""Files in a bucket of an S3-compatible service, when the settings name one.

A page must not wait for a service that is away: connecting takes 2 s at most, an answer 5 s, each
tried twice, and after a failure nobody asks for a while (quality page, F26).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from marketplace.core.errors import Unavailable
from marketplace.core.files import DIGEST, NOT_NOW, Store

if TYPE_CHECKING:
    from config import Settings

log = logging.getLogger(__name__)

CONNECT_SECONDS, ANSWER_SECONDS, TRIES = 2, 5, 2
PAUSE_SECONDS = 10.0
"""How long nobody asks a service that did not answer: twelve photos of a page wait once."""
LISTED_AT_ONCE = 1000
_GONE = frozenset({"NoSuchKey", "404"})


class BucketStore(Store):
    """Objects named by their SHA-256 under a prefix; a put replaces the same by the same."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self.client = client
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self._asked_again_at = 0.0

    def key(self, digest: str) -> str:
        """The name of the object that holds this content."""
        return f"{self.prefix}{digest[:2]}/{digest}"

    def older_than(self, before: datetime) -> Iterator[str]:
        """Everything under the prefix that is named by a SHA-256, by the service's clock."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket,
            Prefix=self.prefix,
            PaginationConfig={"PageSize": LISTED_AT_ONCE},
        )
        with self._asking():
            for page in pages:
                for found in page.get("Contents", ()):
                    name = found["Key"].rpartition("/")[2]
                    is_ours = DIGEST.fullmatch(name) and found["Key"] == self.key(name)
                    if is_ours and found["LastModified"] < before:
                        yield name

    def remove(self, digest: str, before: datetime) -> bool:
        """Look at its time again, then remove it.

        A put between these two requests would be lost: milliseconds, once a day, and only for a
        content that lay unused for a day.
        """
        where = {"Bucket": self.bucket, "Key": self.key(digest)}
        with self._asking():
            try:
                if self.client.head_object(**where)["LastModified"] >= before:
                    return False
                self.client.delete_object(**where)
            except ClientError as error:
                if _code(error) in _GONE:
                    return False
                raise
        return True

    def _keep(self, digest: str, content: bytes) -> None:
        with self._asking():
            self.client.put_object(
                Bucket=self.bucket,
                Key=self.key(digest),
                Body=content,
                ContentType="application/octet-stream",
            )

    def _fetch(self, digest: str) -> bytes | None:
        with self._asking():
            try:
                found = self.client.get_object(Bucket=self.bucket, Key=self.key(digest))
                content: bytes = found["Body"].read()
            except ClientError as error:
                if _code(error) in _GONE:
                    return None
                raise
        return content

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn what the service refuses into Unavailable; the log says what it was."""
        if time.monotonic() < self._asked_again_at:
            raise Unavailable(NOT_NOW)
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            log.warning("the bucket of files cannot be used: %s", error)
            self._asked_again_at = time.monotonic() + PAUSE_SECONDS
            raise Unavailable(NOT_NOW) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def open_bucket(settings: Settings) -> BucketStore:
    """The bucket of the settings; nothing is asked of the service yet."""
    bucket, _, prefix = settings.files_url.removeprefix("s3://").partition("/")
    client = boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint_url or None,
        region_name=settings.s3_region,
        aws_access_key_id=settings.s3_access_key_id,
        aws_secret_access_key=settings.s3_secret_access_key,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            max_pool_connections=16,
            # checksums of later S3 versions are not known to every compatible service
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if settings.s3_endpoint_url else "auto"},
        ),
    )
    return BucketStore(client, bucket, prefix)
