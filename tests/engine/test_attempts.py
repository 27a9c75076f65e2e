"""SEMANTICS 6: how often to ask, and what to say."""

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.flow import END, Flow
from ivr.engine.verb import Result
from ivr.engine.verbs import answer, ask, collect

from .driver import Driver

CHOICES = Choices({"one": ["1"], "long": ["22"]})


def heard(phone: Driver) -> tuple[object, ...]:
    assert phone.playing, "nothing is playing"
    return phone.playing.prompts


def silence(phone: Driver) -> None:
    phone.play_done()
    phone.wait(5)


def wrong(phone: Driver) -> None:
    phone.press("9")


async def tapered(call: Call) -> Result:
    return await ask(
        call,
        "menu",
        choices=CHOICES,
        attempts=6,
        max_no_input=3,
        max_no_match=4,
        no_input_prompts=("still_there", "anyone"),
        no_match_prompts=("wrong", "wrong_again"),
    )


def test_no_input_and_no_match_are_counted_apart() -> None:
    phone = Driver(tapered)
    phone.start()
    for _ in range(2):
        silence(phone)
    for _ in range(2):
        wrong(phone)
    assert not phone.results
    silence(phone)
    assert phone.result.outcome == "no_input"


def test_the_most_no_matches_end_it() -> None:
    phone = Driver(tapered)
    phone.start()
    for _ in range(4):
        assert not phone.results
        wrong(phone)
    assert phone.result.outcome == "no_match"


def test_the_total_of_attempts_ends_it() -> None:
    phone = Driver(lambda call: ask(call, "menu", choices=CHOICES, attempts=3))
    phone.start()
    silence(phone)
    wrong(phone)
    assert not phone.results
    silence(phone)
    assert phone.result.outcome == "no_input", "the last failure gives the outcome"


def test_the_prompts_taper_by_counter_and_the_last_one_stays() -> None:
    phone = Driver(tapered)
    phone.start()
    said = [heard(phone)]
    for mistake in (wrong, silence, wrong, wrong, silence):
        mistake(phone)
        said.append(heard(phone))
    assert said == [
        ("menu",),
        ("wrong", "menu"),
        ("still_there", "menu"),
        ("wrong_again", "menu"),
        ("wrong_again", "menu"),
        ("anyone", "menu"),
    ]


def test_without_prompts_of_its_own_a_reprompt_is_the_question_again() -> None:
    phone = Driver(lambda call: ask(call, "menu", choices=CHOICES))
    phone.start()
    wrong(phone)
    assert heard(phone) == ("menu",)


def test_an_unfinished_entry_can_have_a_prompt_of_its_own() -> None:
    phone = Driver(
        lambda call: collect(
            call,
            "pin",
            into="pin",
            length=4,
            no_match_prompts=("wrong",),
            unfinished_prompts=("too_short",),
        )
    )
    phone.start()
    phone.press("12")
    phone.wait(3)
    assert heard(phone) == ("too_short", "pin")
    phone.press("*")
    assert heard(phone) == ("wrong", "pin")


def test_an_unfinished_entry_without_a_prompt_of_its_own_is_a_wrong_one() -> None:
    phone = Driver(
        lambda call: collect(call, "pin", into="pin", length=4, no_match_prompts=("wrong",))
    )
    phone.start()
    phone.press("12#")
    assert heard(phone) == ("wrong", "pin")


def looping() -> Flow:
    flow = Flow("loop", start="menu")

    @flow.state(one="menu", long="other", again="menu", no_match=END)
    async def menu(call: Call) -> str:
        await answer(call, settle=0)
        outcome = (await ask(call, "menu", choices=CHOICES, attempts=2)).outcome
        return "again" if outcome == "no_input" else outcome

    @flow.state(one="menu", long="menu", no_input=END, no_match=END)
    async def other(call: Call) -> str:
        return (await ask(call, "other", choices=CHOICES, attempts=2)).outcome

    return flow


def test_success_resets_the_counters() -> None:
    phone = Driver(flow=looping())
    phone.start()
    wrong(phone)
    phone.press("1")
    wrong(phone)
    assert heard(phone) == ("menu",), "one more attempt is left"
    wrong(phone)
    assert phone.session.ended


def test_leaving_the_state_resets_the_counters() -> None:
    phone = Driver(flow=looping())
    phone.start()
    wrong(phone)
    phone.press("22")
    wrong(phone)
    phone.press("22")
    wrong(phone)
    assert heard(phone) == ("menu",)
    assert not phone.session.ended


def test_a_state_that_leads_a_failure_back_to_itself_does_not_ask_for_ever() -> None:
    phone = Driver(flow=looping())
    phone.start()
    silence(phone)
    silence(phone)
    assert phone.session.ended_by == "error"
    assert "a loop in the flow" in phone.noted("failed")[0]


def test_a_failure_that_leads_back_to_its_own_state_is_refused() -> None:
    flow = Flow("f", start="menu")

    @flow.state(one=END, no_input="menu", no_match=END)
    async def menu(call: Call) -> str:
        return (await ask(call, "menu", choices=CHOICES)).outcome

    (fault,) = flow.faults()
    assert "menu: no_input leads back to the state itself" in fault.message


def test_a_retry_of_its_own_keeps_the_kind_of_failure() -> None:
    flow = Flow("retry", start="menu")
    outcomes: list[str] = []

    @flow.state(again="menu", done=END)
    async def menu(call: Call) -> str:
        await answer(call, settle=0)
        outcomes.append((await ask(call, "menu", choices=CHOICES, attempts=1)).outcome)
        return "again" if len(outcomes) < 2 else "done"

    phone = Driver(flow=flow)
    phone.start()
    wrong(phone)
    assert outcomes == ["no_match", "no_match"], "the second time without asking"


def test_two_questions_of_one_state_have_a_budget_each() -> None:
    phone = Driver(
        lambda call: collect(call, "number", into="number", length=2, attempts=2),
        lambda call: ask(call, "confirm", choices=CHOICES, attempts=2),
    )
    phone.start()
    phone.press("*")
    phone.wait(3)
    phone.press("42")
    phone.press("9")
    assert heard(phone) == ("confirm",)
    phone.press("1")
    assert [result.outcome for result in phone.results] == ["done", "one"]
