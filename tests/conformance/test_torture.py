"""RFC 4475, the torture test messages: each is answered as the RFC has it, or dropped; none hurts.

The messages in `rfc4475` are those of RFC 4475 (IETF Trust terms) as files of rtckit/php-sip, whose
licence (MIT) lies beside them; MANIFEST.json says of each what a server should do.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ivr.engine.effects import Effect, Reject
from ivr.engine.events import Event, Offered

from ..sip.conftest import Line, Script, launch
from ..sip.peer import LOCAL

pytestmark = pytest.mark.line

FOLDER = Path(__file__).parent / "rfc4475"
MANIFEST = json.loads((FOLDER / "MANIFEST.json").read_text())

BUSY = 486  # what the flow says to every call: the message was understood
NOT_HERE = 405  # we are no registrar, and nobody reads a MESSAGE
NOTHING = 0
CODES = {
    # 3.1.1: valid
    "wsinv": 481,  # it has a tag in To, of a call that we know nothing of
    "intmeth": 501, "esc01": BUSY, "escnull": NOT_HERE, "esc02": 501, "lwsdisp": 200,
    "longreq": BUSY, "dblreq": NOT_HERE, "semiuri": 200, "transports": 200, "mpart01": NOT_HERE,
    "unreason": NOTHING, "noreason": NOTHING,
    # 3.1.2: invalid
    "badinv01": 400, "clerr": 400, "ncl": 400, "scalar02": 400, "scalarlg": NOTHING, "quotbal": 400,
    "ltgtruri": 400, "lwsruri": 400, "lwsstart": BUSY, "trws": 200, "escruri": BUSY,
    "baddate": BUSY, "regbadct": NOT_HERE, "badaspec": 200, "baddn": 200, "badvers": 505,
    "mismatch01": 400, "mismatch02": 400, "bigcode": NOTHING,
    # 3.2 to 3.4: transactions, applications, RFC 2543
    "badbranch": 200, "insuf": 400, "unkscm": 416, "novelsc": 416, "unksm2": NOT_HERE,
    "bext01": 420, "invut": 415, "regaut01": NOT_HERE, "multi01": 400, "mcl01": 400,
    "bcast": NOTHING, "zeromf": 200, "cparam01": NOT_HERE, "cparam02": NOT_HERE,
    "regescrt": NOT_HERE, "sdp01": 406,
    "inv2543": 400,  # it has no Contact, which RFC 2543 did not ask for, but the stack does
}  # fmt: skip


def is_busy() -> Script:
    def script(event: Event) -> Sequence[Effect]:
        return [Reject(BUSY)] if isinstance(event, Offered) else []

    return script


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("torture")
    started = launch(is_busy, folder, recordings=folder / "rec")
    started.peer.expect(lambda: started.ready or started.failed, "the line is ready", 15)
    yield started
    assert started.end() == 0
    started.close()


def with_our_via(message: bytes, port: int, branch: str) -> bytes:
    """As if we were a proxy, so that the answer comes to us."""
    first, end, rest = message.partition(b"\r\n")
    via = f"Via: SIP/2.0/UDP {LOCAL}:{port};rport;branch=z9hG4bK{branch}\r\n".encode()
    return first + end + via + rest


def test_the_manifest_is_whole() -> None:
    names = {entry["file"].removesuffix(".dat") for entry in MANIFEST}
    assert names == set(CODES) == {path.stem for path in FOLDER.glob("*.dat")}


@pytest.mark.parametrize("entry", MANIFEST, ids=[entry["file"] for entry in MANIFEST])
def test_a_message(phone: Line, entry: dict[str, str]) -> None:
    name = entry["file"].removesuffix(".dat")
    peer, message = phone.peer, (FOLDER / entry["file"]).read_bytes()
    to = (LOCAL, phone.port)
    peer.sip.sendto(with_our_via(message, peer.port, name), to)
    options = peer.call(send=False)
    options.request("OPTIONS")
    # One after the other: what was to be said to the message has been said by now.
    peer.expect(lambda: options.status() == 200, "OPTIONS is answered")

    def codes() -> set[int]:
        ours = f"branch=z9hG4bK{name}"
        return {m.code for m in peer.strays if m.code >= 200 and ours in m.header("via").split(";")}

    if CODES[name]:
        peer.expect(codes, f"{entry['what']}: {entry['expected_uas']}")
    assert codes() == ({CODES[name]} if CODES[name] else set())


@pytest.mark.parametrize("entry", MANIFEST, ids=[entry["file"] for entry in MANIFEST])
def test_a_message_over_tcp(phone: Line, entry: dict[str, str]) -> None:
    """Whatever the stack makes of it: with us a connection harms nobody else."""
    message = (FOLDER / entry["file"]).read_bytes()
    with socket.create_connection((LOCAL, phone.port), timeout=5) as stream:
        stream.sendall(message + b"\r\n\r\n")
        options = phone.peer.call(send=False)
        options.request("OPTIONS")
        phone.peer.expect(lambda: options.status() == 200, "OPTIONS is answered")
    assert phone.alive()


def test_as_they_are(phone: Line) -> None:
    """Without a Via of ours the answers go elsewhere."""
    for entry in MANIFEST:
        phone.peer.sip.sendto((FOLDER / entry["file"]).read_bytes(), (LOCAL, phone.port))
    options = phone.peer.call(send=False)
    options.request("OPTIONS")
    phone.peer.expect(lambda: options.status() == 200, "OPTIONS is answered")
    assert phone.alive()
