"""Sounds of the web, from hosts that may be asked."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi
import httpx

from .hosts import Hosts
from .http import AGENT, MOST_REDIRECTS, Transport, stay
from .job import Deadline, Failed, TooSlow

LARGEST = 20_000_000  # bytes


class Download:
    """Fetches a file: from the hosts of `Hosts`, within its time, and no more than it may have."""

    def __init__(self, hosts: Hosts, largest: int = LARGEST) -> None:
        self._hosts = hosts
        self._largest = largest
        self._tls = ssl.create_default_context()
        self._tls.load_verify_locations(certifi.where())

    def __call__(self, url: str, file: Path, seconds: float) -> None:
        """Write what is at *url* to *file*.  Raises `Failed` and `OSError`."""
        deadline = Deadline(seconds)
        try:
            request = httpx.Request("GET", url, headers={"User-Agent": AGENT})
            with httpx.Client(
                transport=Transport(self._hosts, deadline, self._tls), trust_env=False
            ) as client:
                self._save(self._found(client, request), file)
        except (TooSlow, httpx.TimeoutException):
            raise Failed("it took too long") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise Failed(str(error) or type(error).__name__) from None

    def _found(self, client: httpx.Client, request: httpx.Request) -> httpx.Response:
        for _ in range(MOST_REDIRECTS + 1):
            self._hosts.require(request.url.host)
            response = client.send(request, stream=True, follow_redirects=False)
            if response.next_request is None:
                if response.is_success:
                    return response
                raise Failed(f"{request.url.host} answers {response.status_code}")
            stay(request.url, response.next_request.url)
            request = response.next_request
            response.close()
        raise Failed(f"more than {MOST_REDIRECTS} redirects")

    def _save(self, response: httpx.Response, file: Path) -> None:
        left = self._largest
        with file.open("wb") as target:
            for chunk in response.iter_bytes():
                left -= len(chunk)
                if left < 0:
                    raise Failed(f"more than {self._largest // 1_000_000} MB")
                target.write(chunk)
