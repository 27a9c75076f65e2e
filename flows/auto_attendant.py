"""The front desk: three departments, extensions by number, a message when nobody can come."""

from zoneinfo import ZoneInfo

from ivr import (
    END,
    Call,
    Choices,
    Days,
    Flow,
    Hours,
    answer,
    ask,
    collect,
    record,
    say,
    schedule,
    transfer,
)

OFFICE = Hours.parse("Mon-Fri 09:00-17:30")
HOLIDAYS = tuple(map(Days.parse, ("01-01", "12-25", "12-26")))
BERLIN = ZoneInfo("Europe/Berlin")
PBX = "127.0.0.1:5070"
MENU = Choices(
    {
        "sales": ["1", "sales", "new order"],
        "support": ["2", "support", "problem"],
        "accounts": ["3", "accounts", "invoice"],
        "extension": ["4", "extension"],
        "repeat": ["9", "repeat"],
        "operator": ["0", "operator"],
    }
)
NIGHT = Choices({"message": ["1", "message"], "extension": ["2", "extension"]})
MISSED = {
    "answered": END,
    "busy": "voicemail",
    "no_answer": "voicemail",
    "rejected": "voicemail",
    "unreachable": "voicemail",
    "failed": "voicemail",
}

flow = Flow("auto_attendant", start="greet")


@flow.state(open="welcome", closed="night")
async def greet(call: Call) -> str:
    await answer(call)
    return (await schedule(call, open=OFFICE, zone=BERLIN, closed=HOLIDAYS)).outcome


@flow.state(done="menu")
async def welcome(call: Call) -> str:
    return (await say(call, "welcome")).outcome


@flow.state(
    sales="sales",
    support="support",
    accounts="accounts",
    extension="extension",
    repeat="menu",
    operator="operator",
    no_input="operator",
    no_match="operator",
)
async def menu(call: Call) -> str:
    choice = await ask(call, "menu", choices=MENU, no_match_prompts=("no_match",))
    return choice.outcome


@flow.state(message="voicemail", extension="extension", no_input="voicemail", no_match="voicemail")
async def night(call: Call) -> str:
    choice = await ask(call, "night", choices=NIGHT, no_match_prompts=("no_match",))
    return choice.outcome


@flow.state(**MISSED | {"rejected": "no_such_extension", "not_given": "operator"})
async def extension(call: Call) -> str:
    number = await collect(
        call, "which_extension", into="extension", length=3, no_match_prompts=("no_match",)
    )
    if number.outcome != "done":
        return "not_given"
    await say(call, "connecting")
    return (await transfer(call, f"sip:{number.value}@{PBX}", allow=("6XX",))).outcome


@flow.state(done="voicemail")
async def no_such_extension(call: Call) -> str:
    return (await say(call, "no_such_extension")).outcome


@flow.state(**MISSED)
async def sales(call: Call) -> str:
    await say(call, "connecting")
    return (await transfer(call, f"sip:601@{PBX}")).outcome


@flow.state(**MISSED)
async def support(call: Call) -> str:
    await say(call, "connecting")
    return (await transfer(call, f"sip:602@{PBX}")).outcome


@flow.state(**MISSED)
async def accounts(call: Call) -> str:
    await say(call, "connecting")
    return (await transfer(call, f"sip:603@{PBX}")).outcome


@flow.state(**MISSED)
async def operator(call: Call) -> str:
    await say(call, "connecting")
    return (await transfer(call, f"sip:600@{PBX}")).outcome


@flow.state(kept=END, nothing="no_message")
async def voicemail(call: Call) -> str:
    await say(call, "leave_message")
    message = await record(call, "message", max_seconds=120)
    if message.outcome != "recorded":
        return "nothing"
    await say(call, "goodbye")
    return "kept"


@flow.state(done=END)
async def no_message(call: Call) -> str:
    return (await say(call, "no_message")).outcome
