"""A flow that says in which languages it is heard has its prompts in each of them."""

from pathlib import Path

import pytest

from tests.commands import Ivr, command_line

FLOW = """\
ivr: 1
flow: menu
{head}
start: greet
states:
  greet:
    do: [answer, say: welcome]
    then: leave
  leave:
    do: [say: goodbye]
    then: end
"""


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/en.yaml").write_text("welcome: Good day.\ngoodbye: Goodbye.\n")
    (tmp_path / "prompts/de.yaml").write_text("welcome: Guten Tag.\n")
    return command_line(capsys, monkeypatch)


@pytest.mark.parametrize(
    ("head", "settings", "lacks"),
    [
        ("languages: [en, de-AT]", "", ["de-AT"]),
        ("", "languages: {spoken: [de]}", ["de"]),
        ("", "languages: {callers: {'+49': de}}", []),  # who knows whether they are all to
        ("language: en", "languages: {spoken: [de]}", []),
        ("language: de", "", []),  # what is not there is heard in the default
        ("languages: [en]", "languages: {spoken: [de]}", []),
        ("languages: [de, fr]", "", ["de", "fr", "fr"]),
    ],
)
def test_each_prompt_is_looked_for_in_each(
    ivr: Ivr, tmp_path: Path, head: str, settings: str, lacks: list[str]
) -> None:
    (tmp_path / "menu.yaml").write_text(FLOW.format(head=head))
    (tmp_path / "ivr.yaml").write_text(f'routes: {{"*": menu.yaml}}\n{settings}\n')
    said = ivr("check")
    assert said.err.count("does not exist") == len(lacks)
    for language in lacks:
        assert f"the prompt 'goodbye' does not exist in {language!r}; add it there" in said.err
    if lacks:
        assert "menu.yaml:10:10" in said.err  # what says it


def test_their_texts_are_rendered_in_each(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "menu.yaml").write_text(FLOW.format(head="languages: [en, de]").replace(
        "say: goodbye", "say: {text: Taxi}"
    ))  # fmt: skip
    (tmp_path / "ivr.yaml").write_text('routes: {"*": menu.yaml}\n')
    missing = ivr("prompts", "--missing").out
    assert 'en "Taxi"' in missing and 'de "Taxi"' in missing
