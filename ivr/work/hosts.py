"""Which hosts may be asked, and the connection that makes sure of it.

A name is looked up once, its addresses are judged, and one of those is connected to: what the name
means a moment later (DNS rebinding) is of no interest.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore

from .job import Deadline, Failed, TooSlow

Address = IPv4Address | IPv6Address
# RFC 6052 2.1 (NAT64), and RFC 4291 2.5.5.1: the last 32 bits are an IPv4 address.
_HOLDING = (ip_network("64:ff9b::/96"), ip_network("::/96"))
_LOOKUPS = threading.BoundedSemaphore(32)  # at once, those that nobody waits for any more as well
Resolve = Callable[[str, int], Iterable[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of *host*.  Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Hosts:
    """Whom work may connect to.

    *names* are hosts, with ``*.`` for those below one; empty: any.  *private* are networks that may
    be asked although they are not public: loopback, private, link-local.
    """

    def __init__(
        self, names: Sequence[str] = (), private: Sequence[str] = (), look_up: Resolve = resolve
    ) -> None:
        self._names = [name.lower() for name in names]
        self._private = [ip_network(network) for network in private]
        self._look_up = look_up

    def require(self, host: str) -> None:
        """Raise `Failed` unless *host* is on the list."""
        if self._names and not any(fnmatchcase(host.lower(), name) for name in self._names):
            raise Failed(f"{host} may not be asked; add it to work.http.hosts")

    def foresee(self, host: str) -> None:
        """Raise `Failed` where the name *host* alone tells that it may not be asked."""
        self.require(host)
        text = "127.0.0.1" if host.lower() == "localhost" else host
        try:
            address = ip_address(text)
        except ValueError:
            return  # what it means is known once it is asked
        self._judge(host, address)

    def addresses(self, host: str, port: int) -> list[str]:
        """Those of *host*, if they may be connected to.  Raises `Failed` and `OSError`."""
        found = list(self._look_up(host, port))
        for text in found:
            self._judge(host, ip_address(text.partition("%")[0]))
        return found

    def _judge(self, host: str, found: Address) -> None:
        address = _meant(found)
        if not _is_public(address) and not self._allows(address):
            raise Failed(f"{host} is {address}, a private address; see work.http.private")

    def _allows(self, address: Address) -> bool:
        return any(
            network.version == address.version and address in network for network in self._private
        )


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, IPv4Address) or address.is_loopback or address.is_unspecified:
        return address
    if any(address in network for network in _HOLDING):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: Address) -> bool:
    site = isinstance(address, IPv6Address) and address.is_site_local  # RFC 3879: once private
    return address.is_global and not address.is_multicast and not site


class Guarded(httpcore.NetworkBackend):
    """Connections to hosts that may be asked, none of which lasts longer than *deadline*."""

    def __init__(
        self, hosts: Hosts, deadline: Deadline, inner: httpcore.NetworkBackend | None = None
    ) -> None:
        self._hosts = hosts
        self._deadline = deadline
        self._inner = inner or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._addresses(host, port)
        except TimeoutError:
            raise TooSlow from None
        except OSError as error:
            raise httpcore.ConnectError(f"{host}: {error.strerror}") from None
        wrong: Exception = httpcore.ConnectError(f"{host} has no address")
        for number, address in enumerate(addresses):
            share = self._deadline.left / (len(addresses) - number)
            try:
                return _Timed(self._inner.connect_tcp(address, port, share), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                wrong = error
        raise wrong

    def _addresses(self, host: str, port: int) -> list[str]:
        """As `Hosts.addresses`, in time: a resolver cannot be stopped, but left.  Raises
        `TimeoutError`, too."""
        if not _LOOKUPS.acquire(timeout=self._deadline.left):
            raise TimeoutError
        found = Future[list[str]]()

        def look_up() -> None:
            try:
                found.set_result(self._hosts.addresses(host, port))
            except BaseException as error:
                found.set_exception(error)
            finally:
                _LOOKUPS.release()

        threading.Thread(target=look_up, name="ivr-lookup", daemon=True).start()
        return found.result(self._deadline.left)


class _Timed(httpcore.NetworkStream):
    """A stream on which nothing is waited for beyond the deadline, byte by byte or not."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left)

    def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secure = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left)
        return _Timed(secure, self._deadline)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
