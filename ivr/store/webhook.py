"""Each record, sent to a URL: signed, and again and again until it is taken.

A POST with the record as JSON.  ``Idempotency-Key`` is the call's id: the same record may come
twice, when it was taken but the answer was lost.  ``IVR-Signature: t=<seconds>,v1=<hex>`` is the
HMAC-SHA256 of ``<seconds>.<body>``.
"""

from __future__ import annotations

import hmac
import json
import logging
import random
import time
from collections.abc import Callable

import httpx

from .errand import Errand, Patience
from .record import Unreadable, plain, record_of
from .spool import WEBHOOK, Spool

TIMEOUT = 10.0  # seconds for an answer
REFUSED = (400, 413, 422)  # this record, today and tomorrow
LOOK = 30.0  # seconds between two looks at the spool

log = logging.getLogger("ivr.store.webhook")


def signature(secret: bytes, body: bytes, at: int) -> str:
    """The value of ``IVR-Signature`` for *body*, sent at *at* (seconds since 1970)."""
    digest = hmac.new(secret, b"%d.%s" % (at, body), "sha256").hexdigest()
    return f"t={at},v1={digest}"


class Webhook:
    """Sends what the spool holds for it, in a thread of its own."""

    def __init__(
        self,
        url: str,
        secret: bytes,
        spool: Spool,
        host: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.url = url
        self._secret = secret
        self._spool = spool
        self._host = host
        self._wall = wall
        self._patience = Patience(clock, chance)
        self._client = httpx.Client(timeout=TIMEOUT)
        self.errand = Errand("webhook", self.turn)

    def close(self) -> None:
        """Let go of the connection, once the errand is over."""
        self._client.close()

    def turn(self) -> float:
        """Send what waits, up to the first failure; returns the seconds until the next attempt."""
        if left := self._patience.left:
            return left
        for name in self._spool.names(WEBHOOK):
            if fault := self._send(name):
                # To the end of the line: it may be this record alone that the receiver chokes on.
                self._spool.put_back(name, WEBHOOK)
                if self._patience.failed():
                    log.error("records wait for the webhook %s: %s", self.url, fault)
                return self._patience.left
            if self._patience.worked():
                log.info("the webhook %s takes records again", self.url)
        return LOOK

    def _send(self, name: str) -> str:
        """What went wrong, where another attempt makes sense."""
        try:
            record = record_of(name, self._spool.lines(WEBHOOK, name))
        except FileNotFoundError:  # erased, or older than what is kept
            self._spool.drop(name, WEBHOOK)
            log.warning("call %s: its journal is gone, and the webhook is not told of it", name)
            return ""
        except (OSError, Unreadable) as error:
            self._spool.set_aside(name, WEBHOOK, error)
            return ""
        body = json.dumps(plain(record, self._host), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": name,
            "IVR-Signature": signature(self._secret, body, int(self._wall())),
        }
        try:
            answer = self._client.post(self.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            return f"{type(error).__name__}: {error}"
        if answer.is_success:
            self._spool.drop(name, WEBHOOK)
        elif answer.status_code in REFUSED:
            self._spool.set_aside(name, WEBHOOK, f"{self.url} says {answer.status_code}")
        else:
            return f"it says {answer.status_code}"
        return ""
