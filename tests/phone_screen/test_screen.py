"""The phone in the terminal, by its keys and its buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, RichLog, Static

from ivr import END, Call, Flow, answer, collect, say
from ivr.flowfile import load_flow
from ivr.phone_screen import PhoneScreen
from ivr.phone_screen.screen import Help
from ivr.phone_screen.state_map import StateMap
from ivr.testing.commands import obey
from ivr.testing.handset import Handset

from ..testing import samples

TEXTS = {"welcome": "Welcome to Example.", "menu": "For sales, press [1]."}
LONGEST_CHAIN = 8  # messages, each of which is the cause of the next
Use = Callable[[PhoneScreen, Pilot[None]], Awaitable[None]]


@dataclass
class Seen:
    """What there was to see at last."""

    phone: Handset
    transcript: list[str]
    here: str  # on the map
    variables: str
    status: str
    typed: str


def use(
    flow: Flow,
    *keys: str,
    before: Sequence[str] = (),
    size: tuple[int, int] = (100, 30),
    then: Use | None = None,
) -> Seen:
    """The screen after these keys, and what is done *then*; *before* it commands are obeyed."""
    phone = Handset(flow, texts=TEXTS)
    for command in before:
        obey(phone, command)
    screen = PhoneScreen(phone, lambda phone, name: f"saved as {name}")

    async def go() -> Seen:
        async with screen.run_test(size=size) as pilot:
            await press(pilot, *keys)
            if then is not None:
                await then(screen, pilot)
            return seen(screen)

    return asyncio.run(go())


async def press(pilot: Pilot[None], *keys: str) -> None:
    """One key after the other, each when all is done that came of the one before."""
    await settle(pilot)
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def settle(pilot: Pilot[None]) -> None:
    """Until all messages are read, and those that they caused.

    Textual's own pilot takes a process for idle that gets no time from a busy machine.
    """
    for _ in range(LONGEST_CHAIN):
        await pilot.pause(0)


def seen(screen: PhoneScreen) -> Seen:
    told = [strip.text.rstrip() for strip in screen.query_one("#transcript", RichLog).lines]
    rows = [str(option.prompt) for option in screen.query_one(StateMap).options]
    here = next((row for row in rows if row.startswith("▸")), "")
    status, variables = (
        str(screen.query_one(f"#{id}", Static).content) for id in ("status", "variables")
    )
    typed = screen.query_one("#command", Input).value
    return Seen(screen.phone, told, here, variables, status, typed)


def test_keys_are_pressed_and_all_that_happens_is_shown() -> None:
    screen = use(samples.menu, "g", "2")
    assert screen.transcript[-5:] == [
        '00:01.6 ♪ menu: "For sales, press [1]."',
        "00:03.0 presses 2",
        "00:03.0 entry: typed 2",
        "00:03.0 [desk]",
        "00:03.0 ♪ connecting",
    ]


def test_buttons_do_what_keys_do() -> None:
    async def click(screen: PhoneScreen, pilot: Pilot[None]) -> None:
        for button in ("key-go-on", "key-1", "key-star", "key-back", "key-hang-up"):
            await pilot.click(f"#{button}")
            await settle(pilot)

    screen = use(samples.menu, then=click)
    assert [str(told.step) for told in screen.phone.story][-2:] == ['presses: "1"', "hangs_up"]
    assert "over, ended by the caller" in screen.status


def test_the_map_shows_where_the_call_is_and_where_it_can_go() -> None:
    here = use(samples.menu, "g").here
    assert here.startswith("▸ choose\n    sales → desk\n    support → desk")
    assert "no_input → bye" in here


def test_time_stops_where_the_map_was_marked() -> None:
    screen = use(samples.menu, "home", "down", "b", "g")
    assert screen.phone.breakpoints == {"choose"}
    assert screen.phone.call.state == "choose" and screen.phone.line.now < 2
    assert use(samples.menu, "home", "enter", "enter").phone.breakpoints == set()


def test_the_clock_goes_on_by_itself_or_by_a_second_and_back() -> None:
    screen = use(samples.menu, "space", "plus", "plus", "u")
    assert screen.phone.line.now == pytest.approx(1.02)


def test_a_question_says_how_long_it_waits() -> None:
    assert "… waits 5.0 s for an answer" in use(samples.menu, "g").status


def test_variables_are_shown_and_secrets_are_not() -> None:
    left = use(
        samples.voicemail, before=["go on", "say a message of quite a few more words", "#", ""]
    )
    assert left.variables == "recording = message-1.wav"

    guarded = Flow("guarded", start="pin")

    @guarded.state(done=END, no_input=END, no_match=END)
    async def pin(call: Call) -> str:
        await answer(call)
        await collect(call, "pin", into="pin", length=4, sensitive=True)
        return (await say(call, "welcome")).outcome

    shown = use(guarded, before=["go on", "1234"])
    assert shown.variables == "pin = ***"
    assert "1" not in "".join(line[8:] for line in shown.transcript[2:])


def test_commands_are_typed_below() -> None:
    screen = use(samples.menu, "g", "slash", *"+1", "enter")
    assert str(screen.phone.story[-1].step) == "waits: 1 s"
    assert screen.typed == ""
    screen = use(samples.menu, "g", "slash", "1", "escape", "2")
    assert str(screen.phone.story[-1].step) == 'presses: "2"'


def test_what_cannot_be_done_is_said_beside_the_clock() -> None:
    assert "nobody has answered yet" in use(samples.menu, "1").status
    refused = use(samples.menu, "slash", *"[/]", "enter").status
    assert "'[/]' is no command" in refused


def test_the_story_is_saved() -> None:
    assert "saved as a" in use(samples.menu, "g", "w", *"a", "enter").status


def test_help_is_closed_by_any_key() -> None:
    async def look(screen: PhoneScreen, pilot: Pilot[None]) -> None:
        assert isinstance(screen.screen, Help)
        await press(pilot, "1")
        assert not isinstance(screen.screen, Help)

    screen = use(samples.menu, "question_mark", then=look)
    assert screen.phone.story == []


def test_a_broken_flow_breaks_no_screen() -> None:
    screen = use(samples.broken, "g", "g", "1", "space")
    assert "the flow fails: fall:" in " ".join(screen.transcript)


@pytest.mark.parametrize("file", samples.FILES, ids=lambda file: file.stem)
def test_every_sample_can_be_called_on_a_small_terminal(file: Path) -> None:
    screen = use(load_flow(file), "h", before=["go on", "1"], size=(80, 24))
    assert screen.phone.line.over and screen.transcript
