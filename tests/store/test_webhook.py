"""Records sent to a URL: signed, in order, until they are taken."""

import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ivr.store.keeper import Keeper
from ivr.store.record import as_json
from ivr.store.spool import BROKEN, WEBHOOK
from ivr.store.webhook import Webhook

from ..ports import keep
from .house import NOON, House

PORT = keep(1)
SECRET = b"between us"


class Receiver(HTTPServer):
    """Answers with the next of `answers`, then with 204; keeps what was taken."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", PORT), Handler)
        self.answers: list[int] = []
        self.taken: list[tuple[dict[str, str], bytes]] = []

    def ids(self) -> list[str]:
        return [json.loads(body)["id"] for _, body in self.taken]


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.answers.pop(0) if self.server.answers else 204
        if answer == 204:
            self.server.taken.append((dict(self.headers), body))
        self.send_response(answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def webhook(house: House) -> Iterator[Webhook]:
    webhook = Webhook(
        f"http://127.0.0.1:{PORT}/calls",
        SECRET,
        house.spool,
        house.host,
        clock=lambda: house.now,
        wall=lambda: NOON,
        chance=lambda: 0.0,
    )
    yield webhook
    webhook.close()


@pytest.fixture
def keeper(house: House, webhook: Webhook) -> Keeper:
    return house.keeper(webhook=webhook)


def test_a_record_is_sent_with_a_signature_that_can_be_checked(
    house: House, keeper: Keeper, webhook: Webhook, receiver: Receiver
) -> None:
    house.call("a")
    keeper.turn()
    webhook.turn()
    ((headers, body),) = receiver.taken
    assert json.loads(body) == as_json(house.row("a"))
    assert headers["Idempotency-Key"] == "a"
    parts = dict(part.split("=") for part in headers["IVR-Signature"].split(","))
    assert parts["t"] == str(int(NOON))
    signed = parts["t"].encode() + b"." + body
    assert hmac.compare_digest(parts["v1"], hmac.new(SECRET, signed, "sha256").hexdigest())


def test_what_is_delivered_is_not_sent_again(
    house: House, keeper: Keeper, webhook: Webhook, receiver: Receiver
) -> None:
    house.call("a")
    for _ in range(3):
        keeper.turn()
        webhook.turn()
    assert receiver.ids() == ["a"] and house.waiting(WEBHOOK) == []


def test_nobody_at_home_is_waited_for_across_restarts(
    house: House, keeper: Keeper, webhook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    for call in "abc":
        house.call(call)
    keeper.turn()
    assert webhook.turn() == 1.0  # nobody listens
    house.now += 1
    assert webhook.turn() == 2.0
    assert caplog.text.count("records wait for the webhook") == 1
    with Receiver() as late:
        threading.Thread(target=late.serve_forever, daemon=True).start()
        house.now += 2
        webhook.turn()
        late.shutdown()
    assert sorted(late.ids()) == ["a", "b", "c"]
    assert house.waiting(WEBHOOK) == []


@pytest.mark.parametrize("answer", [500, 503, 429, 404, 301])
def test_an_answer_that_is_no_yes_is_waited_out(
    house: House, keeper: Keeper, webhook: Webhook, receiver: Receiver, answer: int
) -> None:
    receiver.answers = [answer]
    house.call("a")
    keeper.turn()
    assert webhook.turn() == 1.0
    assert webhook.turn() == 1.0 and receiver.ids() == []  # not before its time
    house.now += 1
    webhook.turn()
    assert receiver.ids() == ["a"]


def test_a_record_that_the_receiver_chokes_on_lets_the_others_pass(
    house: House, keeper: Keeper, webhook: Webhook, receiver: Receiver
) -> None:
    receiver.answers = [500]
    house.call("a")
    house.call("b")
    keeper.turn()
    webhook.turn()
    house.now += 1
    webhook.turn()
    assert receiver.ids() == ["b", "a"]


def test_a_record_that_the_receiver_will_never_take_is_set_aside(
    house: House,
    keeper: Keeper,
    webhook: Webhook,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    receiver.answers = [422]
    house.call("a")
    house.call("b")
    keeper.turn()
    webhook.turn()
    assert receiver.ids() == ["b"] and house.waiting(BROKEN) == ["a"]
    assert "says 422" in caplog.text


def test_journals_that_are_gone_or_broken_do_not_stop_it(
    house: House,
    keeper: Keeper,
    webhook: Webhook,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gone, broken = house.call("a"), house.call("b")
    house.call("c")
    keeper.turn()
    gone.unlink()
    broken.write_text("")
    webhook.turn()
    assert receiver.ids() == ["c"]
    assert house.waiting(WEBHOOK) == [] and house.waiting(BROKEN) == ["b"]
    assert "its journal is gone" in caplog.text


def test_both_threads_end_together(house: House, keeper: Keeper, receiver: Receiver) -> None:
    house.call("a")
    keeper.start()
    assert keeper.stop(30)
    assert receiver.ids() == ["a"]
