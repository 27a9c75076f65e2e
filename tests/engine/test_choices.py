"""SEMANTICS 20: the choices of a menu, its text, and the universal ones of a flow."""

import pytest

from ivr.engine.call import Call
from ivr.engine.choices import Choice, Choices, universal, with_universal
from ivr.engine.effects import Text
from ivr.engine.errors import LoadError
from ivr.engine.flow import END, Flow
from ivr.engine.sentences import SENTENCES, menu, sentences, with_keys
from ivr.engine.verb import Result
from ivr.engine.verbs import answer, ask, call_flow, say

from .driver import Driver

OFFICE = Choices({"desk": ["0", "600"], "extension": ["6XX"], "floor": ["1-3"], "words": ["help"]})


@pytest.mark.parametrize(
    ("keys", "outcome"),
    [("612", "extension"), ("600", "desk"), ("0", "desk"), ("2", "floor"), ("4", None)],
)
def test_a_choice_is_made_by_a_key_a_range_or_a_pattern(keys: str, outcome: str | None) -> None:
    phone = Driver(lambda call: ask(call, "menu", choices=OFFICE, into="extension"))
    phone.start()
    phone.press(keys)
    if outcome is None:
        assert not phone.results
    else:
        assert phone.result == Result(outcome, keys)
        assert phone.call.vars["extension"] == keys


def test_words_are_kept_as_they_were_said() -> None:
    phone = Driver(lambda call: ask(call, "menu", choices=OFFICE, into="said"))
    phone.start()
    phone.say("please help me")
    assert phone.result.outcome == "words"
    assert phone.call.vars["said"] == "please help me"


@pytest.mark.parametrize(
    "table",
    [
        {"a": ["1"], "b": ["1"]},
        {"a": ["6XX"], "b": ["60X"]},
        {"a": ["1-5"], "b": ["[5-9]"]},
        {"a": ["0."], "b": ["01X"]},
        {"a": ["Help"], "b": ["help"]},
        {"no_input": ["1"]},
    ],
)
def test_nothing_means_two_choices(table: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError):
        Choices(table)


def test_patterns_that_do_not_overlap_may_stand_side_by_side() -> None:
    choices = Choices({"a": ["6XX"], "b": ["7."], "c": "12"})
    assert choices.typed("612") == "a"
    assert choices.typed("7123") == "b"
    assert choices.typed("12") == "c"
    assert choices.typed("9") == ""


MENU = Choices(
    {
        "sales": Choice(("1",), ("sales",), "our sales team"),
        "new_orders": ["2", "3"],
        "star": ["*"],
        "room": ["4-6"],
        "extension": ["6XX"],
        "odd": ["[79]"],
        "spoken": ["spoken"],
    }
)


def test_a_menu_is_built_from_its_choices_the_text_before_the_key() -> None:
    assert menu(MENU, "en-US").words == (
        "For our sales team, press 1. For new orders, press 2. For star, press star."
        " For room, press a key from 4 to 6. For extension, dial the number."
        " For odd, dial the number."
    )
    german = menu(Choices({"Verkauf": ["1"], "Ende": ["#"]}), "de_CH")
    assert german.words == "Für Verkauf drücken Sie die 1. Für Ende drücken Sie die Raute-Taste."


def test_it_is_said_where_there_is_no_question() -> None:
    phone = Driver(lambda call: ask(call, choices=Choices({"sales": ["1"]})))
    phone.start()
    assert phone.playing and phone.playing.prompts == (Text("For sales, press 1."),)


@pytest.mark.parametrize("language", SENTENCES)
def test_every_language_has_all_sentences(language: str) -> None:
    said = sentences(language)
    assert "{what}" in said.choice and "{key}" in said.choice and "{what}" in said.dial
    assert said.keys.count("{}") == 2 and said.key.count("{}") == 1
    for sentence in (said.confirm, said.read_back):
        spoken = with_keys(sentence, "1", "*", language).words
        assert "1" in spoken and said.star in spoken
    assert said.yes and said.no


# Universal choices.

UNIVERSAL = {"repeat": "*", "back": "#", "top": ["9", "main menu"], "operator": "0"}


def flow() -> Flow:
    found = Flow("u", start="greet", universal=UNIVERSAL, operator="person", top="menu")

    @found.state(done="menu")
    async def greet(call: Call) -> str:
        return (await answer(call, settle=0)).outcome

    @found.state(sales="sales", no_input=END, no_match=END)
    async def menu(call: Call) -> str:
        return (await ask(call, "menu", choices=Choices({"sales": ["1"]}), attempts=1)).outcome

    @found.state(new="order", zero="order", no_input=END, no_match=END)
    async def sales(call: Call) -> str:
        choices = Choices({"new": ["1"], "zero": ["0"]})
        return (await ask(call, "sales", choices=choices)).outcome

    @found.state(done="order2")
    async def order(call: Call) -> str:
        return (await say(call, "order")).outcome

    @found.state(yes=END, no_input=END, no_match=END)
    async def order2(call: Call) -> str:
        choices = Choices({"yes": ["1"]})
        return (await ask(call, "sure", choices=choices, universal=False)).outcome

    @found.state(done=END)
    async def person(call: Call) -> str:
        return (await say(call, "person")).outcome

    return found


def walk(*keys: str) -> Driver:
    phone = Driver(flow=flow().check())
    phone.start()
    for key in keys:
        phone.press(key)
    return phone


def test_repeat_asks_again_and_costs_no_attempt() -> None:
    phone = walk("*", "*", "*")
    assert phone.session.state == "menu"
    assert phone.playing and phone.playing.prompts == ("menu",)


def test_back_leads_to_the_question_before() -> None:
    phone = walk("1", "#")
    assert phone.session.state == "menu"


def test_back_of_the_first_question_asks_it_again() -> None:
    phone = walk("#")
    assert phone.session.state == "menu"
    assert phone.playing and phone.playing.prompts == ("menu",)
    assert walk("1", "#", "#").session.state == "menu"


def test_top_and_operator_lead_where_the_flow_says() -> None:
    assert walk("1", "9").session.state == "menu"
    assert walk("0").session.state == "person"
    phone = walk("1")
    phone.say("the main menu please")
    assert phone.session.state == "menu"


def test_a_choice_of_the_question_goes_before_a_universal_one() -> None:
    assert walk("1", "0").session.state == "order"


def test_a_question_can_do_without_them() -> None:
    phone = walk("1", "1")
    phone.play_done()
    phone.press("0")
    assert phone.session.state == "order2"
    assert phone.playing and phone.playing.prompts == ("sure",)


def test_top_is_the_start_unless_it_is_named() -> None:
    one = Flow("one", start="only", universal={"top": "9"})

    @one.state(yes=END, no_input=END, no_match=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        return (await ask(call, "q", choices=Choices({"yes": ["1"]}))).outcome

    phone = Driver(flow=one.check())
    phone.start()
    phone.press("9")
    assert phone.session.state == "only" and not phone.session.ended


def test_a_state_can_lead_elsewhere_with_them() -> None:
    one = Flow("one", start="only", universal={"back": "#"})

    @one.state(yes=END, no_input=END, no_match=END, top="other")
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        return "top"

    @one.state(done=END)
    async def other(call: Call) -> str:
        return (await say(call, "other")).outcome

    phone = Driver(flow=one.check())
    phone.start()
    assert phone.session.state == "other"


def test_without_universal_choices_no_outcome_is_universal() -> None:
    one = Flow("one", start="only")

    @one.state(done=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        return "top"

    phone = Driver(flow=one.check())
    phone.start()
    assert "the outcome 'top' is not declared" in phone.noted("failed")[0]


def test_keys_and_words_of_the_question_are_its_own() -> None:
    own = Choices({"nine": ["7-9"], "home": ["main menu"], "back": ["5"]})
    both = with_universal(own, universal({"top": ["9", "main menu"], "repeat": "*", "back": "#"}))
    assert both.typed("5") == "back" and both.typed("#") == ""
    assert both.typed("9") == "nine"
    assert both.said("main menu") == "home"
    assert both.typed("*") == "repeat"


@pytest.mark.parametrize("table", [{"help": "1"}, {"back": "6XX"}, {"back": "1", "top": "1"}])
def test_what_cannot_be_universal_is_refused(table: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        Flow("f", start="a", universal=table)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"universal": {"operator": "0"}}, "operator leads nowhere"),
        ({"universal": {"operator": "0"}, "operator": "nobody"}, "operator: no such state"),
        ({"top": "nowhere"}, "top: no such state"),
    ],
)
def test_where_they_lead_must_exist(given: dict[str, object], words: str) -> None:
    broken = Flow("f", start="a", **given)  # type: ignore[arg-type]

    @broken.state(done=END)
    async def a(call: Call) -> str:
        return (await answer(call)).outcome

    with pytest.raises(LoadError, match=words):
        broken.check()


def test_a_flow_that_is_called_has_universal_choices_of_its_own() -> None:
    inner = Flow("inner", start="one", outcomes=["done"], universal={"back": "#", "top": "9"})

    @inner.state(yes="two", no_input=END, no_match=END)
    async def one(call: Call) -> str:
        return (await ask(call, "one", choices=Choices({"yes": ["1"]}))).outcome

    @inner.state(yes="done", no_input=END, no_match=END)
    async def two(call: Call) -> str:
        return (await ask(call, "two", choices=Choices({"yes": ["1"]}))).outcome

    outer = Flow("outer", start="menu", universal={"operator": "0"}, operator="person")

    @outer.state(done="menu", yes="menu", no_input=END, no_match=END)
    async def menu(call: Call) -> str:
        await answer(call, settle=0)
        await call_flow(call, inner)
        return (await ask(call, "menu", choices=Choices({"yes": ["1"]}))).outcome

    @outer.state(done=END)
    async def person(call: Call) -> str:
        return (await say(call, "person")).outcome

    phone = Driver(flow=outer.check())
    phone.start()
    said = []
    for key in "1#191":
        assert phone.playing
        said.append(phone.playing.prompts[0])
        phone.press(key)
    assert said == ["one", "two", "one", "two", "one"]
    assert phone.call.state == "inner.two"
    phone.press("0")
    assert phone.call.state == "inner.two", "0 is of the flow that called"
    phone.press("1")
    assert phone.playing and phone.playing.prompts == ("menu",)
    phone.press("0")
    assert phone.session.state == "person"
