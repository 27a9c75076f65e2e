"""How a line of the log looks."""

import json
import logging
import sys

import pytest

from ivr.logs import setup


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    setup("text", worker="w7-3f2a91")
    log = logging.getLogger("ivr.worker")
    log.error("%d keys", 3, extra={"call": "c1"})
    log.info("drained")
    log.debug("never shown")
    with_call, without = lines(capsys)
    assert with_call.endswith(" ERROR w7-3f2a91 ivr.worker call c1: 3 keys")
    assert without.endswith(" INFO w7-3f2a91 ivr.worker drained")


def test_json_is_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    setup("json", worker="w7-3f2a91")
    logging.getLogger("ivr.worker").error('"%s"\n', "grüße", extra={"call": "c1"})
    (line,) = map(json.loads, lines(capsys))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "error",
        "logger": "ivr.worker",
        "worker": "w7-3f2a91",
        "message": '"grüße"\n',
        "call": "c1",
    }


def test_a_traceback_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    setup("json")
    try:
        sys.exit("on purpose")
    except SystemExit:
        logging.getLogger("ivr").exception("ended")
    (line,) = map(json.loads, lines(capsys))
    assert line["message"] == "ended" and "on purpose" in line["error"]
    assert "call" not in line and "worker" not in line


def test_a_second_setup_takes_the_place_of_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    setup("text")
    setup("json")
    logging.getLogger("ivr").info("once")
    assert len(lines(capsys)) == 1
