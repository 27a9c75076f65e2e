"""Small flows to call, and those that come with ivr."""

from pathlib import Path

from ivr import (
    END,
    Call,
    Choices,
    Flow,
    Text,
    answer,
    ask,
    collect,
    hang_up,
    record,
    redirect,
    reject,
    say,
    transfer,
)

_ROOT = Path(__file__).parents[2]
_LIBRARY = ("amount", "card_number", "date", "mailbox", "phone_number")  # others need arguments
FILES = [
    *(
        file
        for folder in ("flows", "flows/samples")
        for file in sorted((_ROOT / folder).glob("*.yaml"))
        if not file.name.endswith(".test.yaml")
    ),
    *(_ROOT / f"ivr/library/{name}.yaml" for name in _LIBRARY),
]

CHOICES = Choices({"sales": ["1", "sales"], "support": ["2", "support"], "twelve": ["12"]})
DESK = "sip:601@pbx.example"
BACK = {
    outcome: "sorry_"
    for outcome in ("busy", "no_answer", "rejected", "unreachable", "failed")
}  # fmt: skip

menu = Flow("menu", start="greet")


@menu.state(done="choose")
async def greet(call: Call) -> str:
    await answer(call)
    return (await say(call, "welcome")).outcome


@menu.state(sales="desk", support="desk", twelve="desk", no_input="bye", no_match="bye")
async def choose(call: Call) -> str:
    return (await ask(call, "menu", choices=CHOICES, no_match_prompts=("wrong",))).outcome


@menu.state(**BACK, answered=END)
async def desk(call: Call) -> str:
    await say(call, "connecting")
    return (await transfer(call, DESK, ring=20)).outcome


@menu.state(done="bye")
async def sorry_(call: Call) -> str:
    return (await say(call, Text("Your place in the queue is 7. Goodbye."))).outcome


@menu.state()
async def bye(call: Call) -> str:
    return (await hang_up(call)).outcome


voicemail = Flow("voicemail", start="take")


@voicemail.state(recorded="thanks", too_short=END, failed=END)
async def take(call: Call) -> str:
    await answer(call)
    await say(call, "leave_message")
    return (await record(call, "message", max_seconds=60, silence=4, min_seconds=2)).outcome


@voicemail.state(done=END)
async def thanks(call: Call) -> str:
    return (await say(call, "goodbye")).outcome


secret = Flow("secret", start="pin")


@secret.state(done=END, no_input=END, no_match=END)
async def pin(call: Call) -> str:
    await answer(call)
    return (await collect(call, "pin", into="pin", length=4, sensitive=True)).outcome


broken = Flow("broken", start="fall")


@broken.state(done=END)
async def fall(call: Call) -> str:
    await answer(call)
    await say(call, "welcome")
    raise LookupError("nobody knows")


moved = Flow("moved", start="away")


@moved.state()
async def away(call: Call) -> str:
    return (await redirect(call, DESK, "tel:+15550199", code=301)).outcome


full = Flow("full", start="no")


@full.state()
async def no(call: Call) -> str:
    return (await reject(call, 486, "Busy Today")).outcome
