"""Whatever comes of work is made plain."""

from ivr.work.plain import from_json, plain, to_json


def test_half_a_character_is_replaced_so_that_what_came_can_go_out_again() -> None:
    came = plain(from_json(r'{"na\ud800me": "a\ud83d", "whole": "\ud83d\ude00"}'))
    assert came == {"na\ufffdme": "a\ufffd", "whole": "\U0001f600"}
    assert from_json(to_json(came)) == came
