"""The words that verbs listen for are known before the first call."""

import pytest

from ivr.engine.choices import Choices
from ivr.engine.speech import Speech
from ivr.engine.spoken import loop_words, phrases
from ivr.engine.state import Act
from ivr.engine.verb import VERBS

MENU = Choices({"sales": ["1"]})
SPOKEN = Choices({"sales": ["1", "sales", "New Order"]})
YES_NO = ("yes", "yeah", "no", "nope")
DATE = (*phrases("date", "en"), *loop_words("date", "en"))


@pytest.mark.parametrize(
    ("verb", "arguments", "words"),
    [
        ("ask", {"choices": MENU}, ()),
        ("ask", {"choices": SPOKEN}, ("sales", "new order")),
        ("ask", {"choices": SPOKEN, "speech": False}, ()),
        ("ask", {"choices": SPOKEN, "speech": Speech(0.4, 0.8)}, ("sales", "new order", *YES_NO)),
        ("confirm", {}, YES_NO),
        ("confirm", {"speech": False}, ()),
        ("collect", {}, ()),
        ("collect", {"type": "date", "speech": True}, DATE),
        ("collect", {"type": "date", "speech": Speech(0.4, 0.8)}, (*DATE, *YES_NO)),
        ("collect", {"type": "boolean", "speech": True}, YES_NO),
        ("collect", {"read_back": ("pin",)}, YES_NO),
        ("say", {"prompts": ("welcome",)}, ()),
        ("ask", {}, ()),  # its choices cannot be told
    ],
)
def test_what_a_verb_listens_for(
    verb: str, arguments: dict[str, object], words: tuple[str, ...]
) -> None:
    assert Act(VERBS[verb], arguments).listens("en") == words


def test_it_is_in_the_language_of_the_caller() -> None:
    assert Act(VERBS["confirm"], {}).listens("de-CH") == ("ja", "nein")
