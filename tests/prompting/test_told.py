"""Where in a text an option is told."""

import pytest

from ivr.engine.choices import Choice
from ivr.prompting.told import told_by

SALES = Choice(("1",), ("sales",))


@pytest.mark.parametrize(
    ("text", "choice", "language", "told"),
    [
        ("For sales, press 1. For help, press 2.", SALES, "en", "For sales, press 1"),
        ("For help, press 2. For sales, press 1.", SALES, "en", None),
        ("Press 1 for sales, 2 for help.", SALES, "en", "Press 1 for sales"),
        ("One moment. Sales: press one. Or 2.", SALES, "en", "One moment. Sales: press one"),
        ("Press 10 or 1.", SALES, "en", "Press 10 or 1"),
        ("Our SALES team is here.", SALES, "en", "Our SALES"),
        ("Drücken Sie die eins.", SALES, "de", "Drücken Sie die eins"),
        ("To hear it again, press star.", Choice(("*",)), "en", "To hear it again, press star"),
        ("Für Hilfe die Raute-Taste.", Choice(("#",)), "de", "Für Hilfe die Raute-Taste"),
        ("From 1 to 5, how was it?", Choice(("1-5",)), "en", "From 1 to 5"),
        ("Dial the extension now.", Choice(("6XX",), say="the extension"), "en",
         "Dial the extension"),
        ("Say what you want.", Choice((), ("billing",)), "en", ""),
    ],
)  # fmt: skip
def test_it_is_where_its_words_and_its_key_have_been_said(
    text: str, choice: Choice, language: str, told: str | None
) -> None:
    end, _ = told_by(text, "an_option", choice, language)
    assert text[:end] == (text.rstrip(".") if told is None else told)


def test_the_name_of_a_choice_is_among_its_words() -> None:
    assert told_by("New orders, or nothing.", "new_orders", Choice(("4",)), "en") == (10, False)
    assert told_by("New orders: 4.", "new_orders", Choice(("4",)), "en") == (13, True)
