"""A word that goes with a number has all forms of a language that its flow is heard in."""

from pathlib import Path

import pytest

from ivr.engine.errors import LoadError
from ivr.engine.house import House
from ivr.flowfile import load_flow

YAML = """\
ivr: 1
flow: f
{head}
start: a
states:
  a:
    do:
      - answer
      - say: [welcome, {{text: "{{{{ 2 | plural({forms}) }}}}"}}]
    then: end
"""
PYTHON = """\
from ivr import Call, Flow, Text, answer, say

flow = Flow("f", start="a", {head})


@flow.state(done="end")
async def a(call: Call) -> str:
    await answer(call)
    return (await say(call, Text("{{{{ 2 | plural({forms}) }}}}"))).outcome
"""
TWO, THREE = "'plik', 'plików'", "one='plik', few='pliki', many='plików'"
WRONG = "plural lacks few and many, which pl has; expected plural(one=…, few=…, many=…)"


def both(folder: Path, yaml: str, python: str, forms: str, house: House | None = None) -> list[str]:
    """What is wrong with the flow in YAML, and in Python."""
    (folder / "f.yaml").write_text(YAML.format(head=yaml, forms=forms))
    (folder / "f.py").write_text(PYTHON.format(head=python, forms=forms))
    found = []
    for name in ("f.yaml", "f.py"):
        try:
            load_flow(folder / name, house=house)
        except LoadError as error:
            (fault,) = error.faults
            found.append(f"{name}:{fault.line}:{fault.column}: {fault.message} [{fault.code}]")
    return found


def test_they_are_those_of_the_flow_s_language(tmp_path: Path) -> None:
    assert both(tmp_path, "language: pl", "language='pl'", TWO) == [
        f"f.yaml:9:31: say: {WRONG} [missing-plural]",
        f"f.py:6:0: a: {WRONG} [missing-plural]",
    ]
    assert both(tmp_path, "language: pl", "language='pl'", THREE) == []


def test_or_those_of_the_project_s(tmp_path: Path) -> None:
    assert len(both(tmp_path, "zone: UTC", "", TWO, House("pl"))) == 2
    assert len(both(tmp_path, "zone: UTC", "", TWO, House("en", languages=("pl",)))) == 2
    assert both(tmp_path, "language: de", "language='de'", TWO, House("pl")) == []
    assert both(tmp_path, "zone: UTC", "", TWO) == []  # nobody knows


def test_a_flow_of_several_languages_has_texts_in_each(tmp_path: Path) -> None:
    head, python = "languages: [en, pl]", "languages=['en', 'pl']"
    assert both(tmp_path, head, python, TWO) == both(tmp_path, head, python, THREE) == []
    polish = "one='plik', few='pliki', other='plików'"
    assert all("lacks many, which pl has" in each for each in both(tmp_path, head, python, polish))


@pytest.mark.parametrize(
    ("languages", "fault"),
    [
        ("[en, english]", "'english' is no language; expected a tag such as en, de or pt-BR"),
        ("[en, en]", "en is given twice"),
    ],
)
def test_languages_are_tags(tmp_path: Path, languages: str, fault: str) -> None:
    assert fault in both(tmp_path, f"languages: {languages}", "", TWO)[0]
