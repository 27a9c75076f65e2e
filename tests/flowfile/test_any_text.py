"""Whatever stands in a flow file: a `Flow`, or a `LoadError` with places inside the file, soon."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.engine.errors import LoadError
from ivr.flowfile import load_flow
from ivr.flowfile.source import LARGEST_FILE, MOST_FAULTS

from .reading import faults, state

SAMPLE = Path("flows/auto_attendant.yaml").read_text()
SIGNS = [*"*#!&@%`{}[]:,-?|>'\"~\t\n\\ \r\x00é\u2028\ufeff\U0001f600", "{{", "}}", ": ", " #"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "f.yaml"


def is_read(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    lines = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    started = time.process_time()
    try:
        load_flow(file, ("welcome",)).check()
    except LoadError as error:
        assert error.faults
        for fault in error.faults:
            assert fault.file == str(file)
            assert fault.message.strip()
            assert 1 <= fault.line <= len(lines), fault
            assert 1 <= fault.column <= len(lines[fault.line - 1]) + 1, fault
    assert time.process_time() - started < 5


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=300))
def test_any_bytes(file: Path, raw: bytes) -> None:
    is_read(file, raw)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200) | st.lists(st.sampled_from([*SIGNS, "a", "do"])).map("".join))
def test_any_text(file: Path, text: str) -> None:
    is_read(file, text.encode("utf-8", "ignore"))
    is_read(file, state(text.replace("\n", "\n    ")).encode("utf-8", "ignore"))


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """The sample with a few characters deleted, inserted or replaced."""
    text = SAMPLE
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.sampled_from([0, 0, 1, 2, 20]))
        new = draw(st.sampled_from(SIGNS) | st.text(max_size=3) | st.just(""))
        text = text[:at] + new + text[at + gone :]
    return text


@settings(max_examples=250, deadline=None)
@given(text=spoilt())
def test_any_slip_in_the_sample(file: Path, text: str) -> None:
    is_read(file, text.encode("utf-8", "ignore"))


BIG = LARGEST_FILE - 1000
HEAD = "ivr: 1\nflow: f\nstart: s0\nstates:\n"
LARGE = {
    "brackets": "[" * BIG,
    "braces": "{{" * (BIG // 2),
    "dashes": "- " * (BIG // 2),
    "colons": "a: " * (BIG // 3),
    "one word": "a" * BIG,
    "one list": state(f"do: {{say: [{'x, ' * (BIG // 3)}]}}\nthen: end"),
    "one list without brackets": state("do:\n" + "- answer\n" * (BIG // 13) + "then: end"),
    "comments": state(f"do: [answer, {'#] ' * (BIG // 3)}"),
    "stars": state("do: {say: [" + "*, " * (BIG // 3) + "]}"),
    "one key": state(f"do: {{ask: {{prompts: menu, choices: {{x: {'1' * (BIG - 100)}}}}}}}"),
    "many keys": state(
        f"do: {{ask: {{choices: {{x: [{', '.join(map(str, range(BIG // 8)))}]}}}}}}\nthen: end"
    ),
    "states that are not there": HEAD
    + "".join(f"  s{n}: {{do: answer, then: t{n}}}\n" for n in range(BIG // 36)),
    "states": HEAD + "".join(f"  s{n}: {{do: answer, then: s{n + 1}}}\n" for n in range(BIG // 36)),
    "a zone each": HEAD
    + "".join(
        f"  s{n}: {{do: {{schedule: {{open: Mon 1:00-2:00, zone: Europe/Berlin}}}},"
        f" then: {{open: s{n + 1}, closed: end}}}}\n"
        for n in range(BIG // 120)
    ),
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_the_largest_file_is_read_soon(tmp_path: Path, text: str) -> None:
    assert len(text) < LARGEST_FILE
    started = time.process_time()
    found = faults(tmp_path, text)
    assert time.process_time() - started < 15
    assert len(found) <= MOST_FAULTS
    assert all(len(fault) < 500 for fault in found)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    assert faults(tmp_path, "#" * (LARGEST_FILE + 1)) == [
        f"too large; at most {LARGEST_FILE} bytes are read"
    ]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"ivr: 1\nflow: \xff\n", "2:7: not UTF-8: byte 0xff; save the file as UTF-8"),
        ("ivr: 1\nä: ".encode() + b"\xf6", "2:4: not UTF-8: byte 0xf6; save the file as UTF-8"),
        (b"\xef\xbb\xbfivr: \xf6", "1:6: not UTF-8: byte 0xf6; save the file as UTF-8"),
        ("ivr: 1".encode("utf-16"), "1:1: not UTF-8: byte 0xff; save the file as UTF-8"),
        (b"ivr: 1\nflow: f\x07\n", "2:8: the character '\\x07' is not allowed; remove it"),
        (
            "ivr: 1\nflow: f\u202e\nstart: a\nstates: {a: {do: hang_up}}\n".encode(),
            "2:7: the character '\\u202e' is not allowed in a value",
        ),
        (b"\xef\xbb\xbfivr: 2\n", "1:6: this program reads ivr: 1, not ivr: 2"),
    ],
)
def test_what_is_no_text(tmp_path: Path, raw: bytes, fault: str) -> None:
    assert faults(tmp_path, raw) == [fault]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    for path, why in (
        (tmp_path / "none.yaml", "cannot be read: No such file or directory"),
        (tmp_path / "none.py", "cannot be read: No such file or directory"),
        (tmp_path / "folder.yaml", "cannot be read: Is a directory"),
        (tmp_path / "f\0.yaml", "cannot be read: "),
        (tmp_path / "f.txt", "expected a flow file: .yaml or .py"),
    ):
        with pytest.raises(LoadError) as raised:
            load_flow(path)
        assert raised.value.faults[0].message.startswith(why)
