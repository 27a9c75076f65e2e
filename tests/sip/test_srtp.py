"""Encrypted sound, with keys in SDP (RFC 4568); sound itself is in test_codecs."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pytest

from ivr.engine.effects import Answer, Effect, Play
from ivr.engine.events import Answered, Event, Offered

from .conftest import Line, StartLine
from .peer import Dialog

pytestmark = pytest.mark.line

KEY = "FbdmMV9XRRGXA3vR04gwOo2XLIXNLPNOQCQF5+Vm"
CRYPTO = f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"
DTLS = "a=setup:actpass\r\na=fingerprint:sha-256 00:11\r\n"


def plays(event: Event) -> Sequence[Effect]:
    match event:
        case Offered():
            return [Answer()]
        case Answered():
            return [Play(1, ("400x9",))]
    return []


def offered(phone: Line, profile: str, *lines: str) -> Dialog:
    """A call with this profile in its offer."""
    call = phone.peer.call(send=False)
    call.request("INVITE", call.sdp.replace("RTP/AVP", profile) + "".join(lines))
    phone.peer.expect(call.final, f"an answer to {profile}")
    return call


def answer(call: Dialog) -> str:
    """The code, or the profile of what was agreed on, with `+keys` where there are some."""
    final = call.final()
    assert final
    if final.code != 200:
        return str(final.code)
    call.bye()
    profile = next(line.split()[2] for line in final.body.splitlines() if line.startswith("m="))
    assert KEY not in final.body
    return profile + "+keys" * ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" in final.body)


@pytest.mark.parametrize(
    ("mode", "plain", "keys", "secure", "empty"),
    [
        ("off", "RTP/AVP", "RTP/AVP", "488", "488"),
        ("optional", "RTP/AVP", "RTP/AVP+keys", "RTP/SAVP+keys", "488"),
        ("required", "488", "488", "RTP/SAVP+keys", "488"),
    ],
)
def test_each_mode_answers(
    line: StartLine, mode: str, plain: str, keys: str, secure: str, empty: str
) -> None:
    phone = line(lambda: plays, srtp=mode)
    assert answer(offered(phone, "RTP/AVP")) == plain
    assert answer(offered(phone, "RTP/AVP", CRYPTO)) == keys
    assert answer(offered(phone, "RTP/SAVP", CRYPTO)) == secure
    assert answer(offered(phone, "RTP/SAVP")) == empty
    ours = phone.peer.call(offer=False)
    phone.peer.expect(ours.final, "our offer")
    final = ours.final()
    assert final and ("RTP/SAVP" in final.body) == (mode == "required")
    assert ("a=crypto" in final.body) == (mode != "off")


def crypto(suite: str, size: int, tag: str = "1") -> str:
    return f"a=crypto:{tag} {suite} inline:{base64.b64encode(bytes(size)).decode()}\r\n"


SUITE, LONG_SUITE = "AES_CM_128_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32"
GOOD = crypto(SUITE, 30)
USABLE = {
    "short tag": crypto("AES_CM_128_HMAC_SHA1_32", 30),
    "256 bits": crypto(LONG_SUITE, 46),
    "lower case": crypto(SUITE.lower(), 30).replace("crypto", "Crypto"),
    "a lifetime": GOOD.replace("\r", "|2^20|1:4\r"),
    "parameters": GOOD.replace("\r", " UNENCRYPTED_SRTP\r"),
    "another suite first": crypto("AEAD_AES_128_GCM", 28) + crypto(SUITE, 30, "2"),
}
UNUSABLE = {
    "no key": "",
    "a suite of others": crypto("AEAD_AES_256_GCM", 44),
    "a key too short": crypto(SUITE, 20),
    "a key too long": crypto(SUITE, 46),
    "no base64": f"a=crypto:1 {SUITE} inline:%%%\r\n",
    "no ASCII": f"a=crypto:1 {SUITE} inline:é\r\n",
    "nothing inline": f"a=crypto:1 {SUITE}\r\n",
    "a tag that is no number": crypto(SUITE, 30, "x"),
    "a bad key before a good one": crypto(SUITE, 20) + crypto(SUITE, 30, "2"),
    "a stream without one": GOOD + "m=audio 4000 RTP/SAVP 0\r\n",
    "a key for the picture": "m=video 4000 RTP/SAVP 31\r\n" + GOOD,
}


@pytest.mark.parametrize(("shim", "refused"), [(True, 488), (False, 406)])
def test_an_offer_without_a_key_that_we_can_use(line: StartLine, shim: bool, refused: int) -> None:
    """488 is ours.  The stack's own 406 shows that the two agree on which these are."""
    phone = line(lambda: plays, srtp="optional", shim=shim)
    for name, keys in {**USABLE, **UNUSABLE}.items():
        call = offered(phone, "RTP/SAVP", keys)
        final = call.final()
        assert final and (name, final.code) == (name, 200 if name in USABLE else refused)
        if call.up:
            call.bye()
        phone.peer.run(None, 0.1)  # its sockets come back


@pytest.mark.parametrize("shim", [True, False])
@pytest.mark.parametrize("mode", ["off", "optional", "required"])
def test_dtls_is_refused_and_nothing_crashes(line: StartLine, mode: str, shim: bool) -> None:
    phone = line(lambda: plays, srtp=mode, shim=shim)
    second = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
    for profile, *lines in (
        ("UDP/TLS/RTP/SAVP", DTLS),
        ("UDP/TLS/RTP/SAVPF", DTLS, CRYPTO),
        ("udp/tls/RTP/SAVP",),
        ("RTP/AVP", second, DTLS),
    ):
        code = answer(offered(phone, profile, *lines))
        assert code == "488" if shim else int(code) >= 400
    assert not phone.of(Offered)
    profile = "RTP/AVP" if mode == "off" else "RTP/SAVP"
    call = offered(phone, profile, CRYPTO)
    phone.peer.expect(lambda: call.heard, "sound")
    for _ in range(2):
        call.responses.clear()
        call.request("INVITE", call.sdp.replace("RTP/AVP", "UDP/TLS/RTP/SAVP") + DTLS)
        phone.peer.expect(lambda: call.final(), "an answer")
        assert call.status() == 488
    so_far = len(call.heard)
    phone.peer.expect(lambda: len(call.heard) > so_far + 5, "sound goes on")
    # An offer of ours, and such an answer to it: the call is over at most.
    late = phone.peer.call(offer=False)
    late.acknowledges = False
    phone.peer.expect(late.final, "our offer")
    late.request("ACK", late.sdp.replace("RTP/AVP", "UDP/TLS/RTP/SAVP") + DTLS, cseq=late.cseq)
    so_far = len(call.heard)
    phone.peer.expect(lambda: len(call.heard) > so_far + 5, "sound goes on")
    assert phone.alive()
