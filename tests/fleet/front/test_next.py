"""The next worker: who is silent, or full without the front's knowing, is passed over.

Of workers with the same number of calls, the front takes the first.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ...sip.peer import Dialog
from .exchange import Exchange

pytestmark = pytest.mark.line
NEXT = (503, "X-IVR-Next: 1", "Retry-After: 9", "X-Own: of the worker")
SILENCE = 1.0  # seconds, where a worker is silent: in them another one must have answered


def test_a_worker_that_says_next(hall: Exchange) -> None:
    hall.workers[0].says = [NEXT]
    call = hall.caller.up()
    assert [each.code for each in call.responses] == [100, 200]
    assert hall.ran() == [1, 1]
    assert hall.loads == [0, 1]
    call.bye()
    hall.counts(0, 0)


def test_when_all_say_next(hall: Exchange) -> None:
    for worker in hall.workers:
        worker.says = [NEXT]
    heard = hall.final(hall.caller.call())
    assert (heard.code, heard.header("retry-after")) == (503, "5")
    assert not heard.header("x-ivr-next") and not heard.header("x-own")
    assert hall.ran() == [1, 1]
    assert hall.loads == [0, 0]


@pytest.mark.parametrize("passed_over", [NEXT, (0,)], ids=["next", "silent"])
@pytest.mark.parametrize("code", [408, 480, 486, 503, 603])
def test_only_the_answer_of_the_worker_that_took_it_counts(
    serve: Callable[..., Exchange], passed_over: tuple[int | str, ...], code: int
) -> None:
    """RFC 3261 16.7, 6 would choose the best of all."""
    hall = serve(silence=SILENCE)
    hall.workers[0].says = [passed_over]
    hall.workers[1].says = [(code, "X-Own: of the flow")]
    heard = hall.final(hall.caller.call())
    assert (heard.code, heard.header("x-own")) == (code, "of the flow")
    assert not heard.header("x-ivr-next")
    hall.settle()
    assert hall.ran() == [1, 1]
    assert hall.loads == [0, 0]


def test_a_silent_worker_gets_no_calls_until_it_answers_a_probe(
    serve: Callable[..., Exchange],
) -> None:
    hall = serve(maxload=1, probe=1, silence=SILENCE)
    hall.workers[0].says = [(0,)]
    hall.workers[0].well = False
    call = hall.caller.up()
    assert hall.ran() == [1, 1]
    assert hall.loads == [0, 1]
    assert hall.final(hall.caller.call()).code == 503
    assert hall.ran() == [1, 1]
    hall.workers[0].well = True
    hall.caller.expect(lambda: hall.final(hall.caller.call()).code == 200, "it is back")
    assert hall.ran() == [2, 1]
    call.bye()
    hall.counts(1, 0)


def test_a_worker_that_rings_has_the_call(serve: Callable[..., Exchange]) -> None:
    """For as long as it takes."""
    hall = serve(silence=SILENCE)
    hall.workers[0].says = [(180,)]
    call = hall.caller.call()
    hall.settle(1.5 * SILENCE)
    hall.workers[0].calls[0].accept()
    assert hall.final(call).code == 200
    assert hall.ran() == [1, 0]
    assert hall.loads == [1, 0]


def test_all_are_silent(serve: Callable[..., Exchange]) -> None:
    hall = serve(workers=1, silence=SILENCE)
    hall.workers[0].says = [(0,)]
    heard = hall.final(hall.caller.call())
    assert (heard.code, heard.header("retry-after")) == (503, "5")
    assert hall.loads == [0]
    assert hall.final(hall.caller.call()).code == 503  # at once: it is known by now
    assert hall.ran() == [1]


def test_a_caller_who_gives_up_while_a_worker_is_silent(serve: Callable[..., Exchange]) -> None:
    hall = serve(silence=SILENCE)
    hall.workers[0].says = [(0,)]
    call = hall.caller.call()
    hall.caller.expect(lambda: hall.workers[0].calls, "the worker has it")
    call.cancel()
    assert hall.final(call).code == 487
    hall.settle()
    assert hall.ran() == [1, 0]
    assert hall.loads == [0, 0]


@pytest.mark.parametrize("late", [[200], [100, 200], [100, 180, 200]], ids=str)
def test_a_worker_that_comes_to_itself_when_another_has_the_call(
    serve: Callable[..., Exchange], late: list[int]
) -> None:
    """Stopped, and continued: its 200 would be the caller's second one."""
    hall = serve(silence=SILENCE)
    stopped = hall.workers[0]

    def answer(dialog: Dialog) -> None:
        stopped.calls.append(dialog)
        for code in late:
            assert dialog.incoming
            dialog.reply(dialog.incoming, code)

    hall.stop(stopped)
    stopped.answer = answer
    call = hall.caller.up()
    hall.resume(stopped)
    hall.caller.expect(lambda: stopped.calls, "it takes the call")
    if 100 in late:
        hall.caller.expect(lambda: stopped.calls[0].got("CANCEL"), "it is told to leave it")
    hall.settle()
    assert [each.code for each in call.responses] == [100, 200]
    assert bool(stopped.calls[0].got("CANCEL")) is (100 in late)
    call.bye()
    hall.counts(0, 0)
