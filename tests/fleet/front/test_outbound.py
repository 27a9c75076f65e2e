"""Calls that workers make: transfers, to anybody and to registered phones."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial

import pytest

from ...sip.peer import LOCAL, Dialog, Peer
from ...sip.wire import Message
from .exchange import PORT, Exchange, dial, digest

pytestmark = pytest.mark.line
USERS = {"alice": "wonderland", "bob": "builder"}


class Phone(Peer):
    """Registers as `name`, and answers."""

    def __init__(self, hall: Exchange, name: str, port: int = 0, host: str = LOCAL) -> None:
        super().__init__(PORT, port, host)
        hall.join(self)
        self.hall, self.name = hall, name
        self.answer = lambda dialog: dialog.accept()

    def register(self, password: str, name: str = "", of: str = "", *headers: str) -> int:
        """The status of the second REGISTER, the one with credentials."""
        name, of = name or self.name, of or self.name
        dialog = Dialog(self, f"reg-{len(self.dialogs)}", f"sip:{LOCAL}:{PORT}")
        dialog.from_header = f"<sip:{of}@{LOCAL}>"
        dialog.remote = dialog.from_header
        self.dialogs[dialog.id] = dialog
        dialog.request("REGISTER", "", "", *headers)
        challenge = self._last(dialog, 1)
        if challenge.code != 401:
            return challenge.code
        dialog.request("REGISTER", "", "", digest(challenge, name, password), *headers)
        return self._last(dialog, 2).code

    def _last(self, dialog: Dialog, count: int) -> Message:
        self.hall.caller.expect(lambda: len(dialog.responses) == count, "an answer to REGISTER")
        return dialog.responses[-1]


def test_a_worker_calls_anybody(hall: Exchange) -> None:
    worker, desk = hall.workers[0], hall.stranger("127.0.0.5", 26905)
    desk.answer = lambda dialog: dialog.accept()
    call = dial(worker, f"sip:601@{desk.host}:{desk.port}")
    assert hall.final(call).code == 200
    [there] = desk.dialogs.values()
    hall.caller.expect(lambda: there.got("ACK"), "the ACK comes")
    there.info("5")
    hall.caller.expect(lambda: there.final("INFO"), "the desk's request comes to the worker")
    call.bye()
    hall.caller.expect(lambda: call.final("BYE"), "the BYE is answered")
    assert there.over
    assert hall.loads == [0, 0]  # only what comes in is counted


def test_nobody_answers_at_a_name_that_does_not_exist(hall: Exchange) -> None:
    call = dial(hall.workers[0], "sip:601@nowhere.invalid")
    assert hall.final(call).code >= 400


def test_one_who_is_not_there_is_given_up_after_8_s(hall: Exchange) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        call = dial(hall.workers[0], f"sip:601@127.0.0.1:{deaf.getsockname()[1]}")
        hall.caller.expect(call.final, "an answer", 20)
    assert call.status() == 408


def test_others_reach_the_workers_whatever_they_dial(hall: Exchange) -> None:
    call = hall.caller.call(send=False)
    call.uri = "sip:601@127.0.0.5:26905"
    call.request("INVITE", call.sdp)
    assert hall.final(call).code == 200
    assert hall.ran() == [1, 0]


def test_without_a_registrar_nobody_is_found_here(hall: Exchange) -> None:
    assert hall.final(dial(hall.workers[0], f"sip:alice@{LOCAL}:{PORT}")).code == 404


def test_a_registered_phone_is_called_by_its_name(serve: Callable[..., Exchange]) -> None:
    hall = serve(users=USERS, domain="phones.example")
    phone = Phone(hall, "alice", 26906, "127.0.0.6")
    called = f"sip:alice@{LOCAL}:{PORT}", "sip:alice@phones.example"
    assert hall.final(dial(hall.workers[0], called[0])).code == 480
    assert phone.register("wonderland") == 200
    for uri in called:
        call = dial(hall.workers[1], uri)
        assert hall.final(call).code == 200
        there = phone.dialogs[call.id]
        assert there.incoming and there.incoming.first.startswith("INVITE sip:alice@127.0.0.6")
        call.bye()
        hall.caller.expect(partial(call.final, "BYE"), "the BYE is answered")
        assert there.over
    assert hall.final(dial(hall.workers[0], "sip:carol@phones.example")).code == 404
    assert phone.register("wonderland", "", "", "Expires: 0") == 200
    assert hall.final(dial(hall.workers[1], "sip:alice@phones.example;again=1")).code == 480


def test_who_may_register(serve: Callable[..., Exchange]) -> None:
    hall = serve(users=USERS)
    phone = Phone(hall, "alice", 0, "127.0.0.6")
    assert phone.register("wonderland", of="bob") == 403  # with her own name only
    assert phone.register("wonderland", name="carol") == 401
    for _ in range(10):
        assert phone.register("guess") == 401
    assert phone.register("wonderland") == 403  # guessed too often
    other = Phone(hall, "alice", 0, "127.0.0.7")
    assert other.register("wonderland") == 200  # from elsewhere
    assert hall.final(dial(hall.workers[0], f"sip:bob@{LOCAL}:{PORT}")).code == 480


@pytest.mark.parametrize("by_proxy", [False, True])
def test_a_worker_registers_an_account(serve: Callable[..., Exchange], by_proxy: bool) -> None:
    """The registrar is told where callers reach the front, not where the worker is."""
    hall = serve(public_address="198.51.100.7")
    worker, registrar = hall.workers[0], hall.stranger("127.0.0.5", 26905)
    there = f"sip:{registrar.host}:{registrar.port}"
    dialog = Dialog(worker, "an-account", "sip:registrar.invalid" if by_proxy else there)
    dialog.route = [f"<sip:{LOCAL}:{PORT};lr>", *([f"<{there};lr>"] if by_proxy else [])]
    worker.dialogs[dialog.id] = dialog
    dialog.request("REGISTER")
    hall.caller.expect(lambda: registrar.strays, "the REGISTER comes")
    [came] = registrar.strays
    assert came.header("contact") == f"<sip:alice@198.51.100.7:{PORT}>"
    answer = Dialog(registrar, "", "")
    answer.rtp.close()
    answer.reply(came, 200)
    hall.caller.expect(lambda: dialog.final("REGISTER"), "the answer comes back")


def notice(hall: Exchange, sender: Peer, *route: str) -> Dialog:
    """What tells alice's phone of a message."""
    told = Dialog(sender, "notice", "sip:alice@phones.example")
    told.route = list(route)
    sender.dialogs[told.id] = told
    told.request("NOTIFY", "Voice-Message: 1/0\r\n", "", "Event: message-summary")
    return told


def test_a_worker_tells_a_registered_phone_of_its_messages(serve: Callable[..., Exchange]) -> None:
    hall = serve(users=USERS, domain="phones.example")
    phone = Phone(hall, "alice", 26906, "127.0.0.6")
    assert phone.register("wonderland") == 200
    told = notice(hall, hall.workers[0], f"<sip:{LOCAL}:{PORT};lr>")
    hall.caller.expect(lambda: phone.strays, "the phone is told")
    [came] = phone.strays
    assert came.first.startswith("NOTIFY sip:alice@127.0.0.6")
    assert not came.headers.get("record-route")
    answer = Dialog(phone, "", "")
    answer.rtp.close()
    answer.reply(came, 200)
    hall.caller.expect(lambda: told.final("NOTIFY"), "an answer")
    assert told.status() == 200


def test_nobody_else_tells_a_phone_anything(serve: Callable[..., Exchange]) -> None:
    hall = serve(users=USERS, domain="phones.example")
    phone = Phone(hall, "alice", 26906, "127.0.0.6")
    assert phone.register("wonderland") == 200
    told = notice(hall, hall.caller)
    hall.caller.expect(lambda: told.final("NOTIFY"), "an answer")
    assert told.status() == 481
    assert not phone.strays
