"""The sentences that verbs build are known before the first call."""

import pytest

from ivr.engine.choices import Choices
from ivr.engine.effects import Text
from ivr.engine.speech import Speech
from ivr.engine.state import Act
from ivr.engine.verb import VERBS

MENU = Choices({"sales": ["1"]})
SPOKEN = Choices({"sales": ["1", "sales", "buy"]})
KEYS_ONLY = "Please use the keys of your telephone."


@pytest.mark.parametrize(
    ("verb", "arguments", "words"),
    [
        ("ask", {"choices": MENU}, ["For sales, press 1."]),
        ("ask", {"choices": MENU, "prompts": ("menu",)}, []),
        ("ask", {"choices": MENU, "silent": True}, []),
        ("confirm", {"prompts": ("right",)}, ["For yes, press 1. For no, press 2.", KEYS_ONLY]),
        ("confirm", {"yes": "9"}, ["For yes, press 9. For no, press 2.", KEYS_ONLY]),
        ("confirm", {"say_keys": False}, [KEYS_ONLY]),
        ("confirm", {"say_keys": False, "speech": False}, []),
        ("ask", {"choices": SPOKEN, "prompts": ("menu",)}, [KEYS_ONLY]),
        (
            "ask",
            {"choices": SPOKEN, "silent": True, "speech": Speech(0.4, 0.8)},
            [
                KEYS_ONLY,
                "For yes, press 1. For no, press 2.",
                "You said sales. Is that right?",
                "You said buy. Is that right?",
            ],
        ),
        ("collect", {"prompts": ("pin",), "speech": True}, [KEYS_ONLY]),
        ("collect", {"prompts": ("pin",)}, []),
        (
            "collect",
            {"read_back": ("pin",), "no": "*"},
            ["If this is right, press 1. To enter it again, press star."],
        ),
        ("say", {"prompts": ("welcome",)}, []),
        ("ask", {}, []),  # its choices cannot be told
    ],
)
def test_what_a_verb_builds(verb: str, arguments: dict[str, object], words: list[str]) -> None:
    assert Act(VERBS[verb], arguments).builds("en") == tuple(map(Text, words))


def test_they_are_in_the_language_of_the_caller() -> None:
    (said,) = Act(VERBS["ask"], {"choices": MENU}).builds("de-CH")
    assert said == Text("Für sales drücken Sie die 1.")
