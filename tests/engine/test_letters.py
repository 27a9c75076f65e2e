"""What holds for the messages of every mailbox."""

import pytest

from ivr.engine.letters import LONGEST, MOST, id_of, position, wrong_box, wrong_id, wrong_with_room


def test_a_mailbox_has_a_name_of_some_length() -> None:
    assert not wrong_box("6") and not wrong_box("x" * LONGEST)
    assert all(map(wrong_box, ["", "x" * (LONGEST + 1), "a\0b"]))


def test_a_mailbox_can_be_full() -> None:
    assert not wrong_with_room(MOST - 1)
    assert "it is full" in wrong_with_room(MOST)


def test_an_id_tells_where_a_message_stands() -> None:
    order = [id_of(10, urgent=True), id_of(2, urgent=False), id_of(9, urgent=False)]
    assert sorted(reversed(order), key=position) == order
    assert not any(map(wrong_id, order))


@pytest.mark.parametrize("id", ["", "x", "1", "1-", "-1-2", "1-x"])
def test_an_id_that_is_none(id: str) -> None:
    assert "no id of a message" in wrong_id(id)
