"""A verb of a user's own is used like a built-in one, in YAML and in Python."""

from pathlib import Path

from ivr.engine.verb import VERBS
from ivr.testing import SimulatedCall

from .reading import all_faults, load, python

VERB = '''\
"""Verbs of a shop."""

from typing import Annotated

from ivr import Call, Doc, Result, Text, say, verb
from ivr.engine.verb import Count, Prompts


@verb("find_article", ("found", "unknown"), goes_on="found")
async def find_article(
    call: Call,
    article: Annotated[Count, Doc("number of the article")],
    sorry: Annotated[Prompts, Doc("said where there is none")] = (Text("No such article"),),
) -> Result:
    """Look an article up."""
    if article == 7:
        call.vars["price"] = 12
        return Result("found")
    await say(call, *sorry)
    return Result("unknown")
'''
YAML = """\
ivr: 1
flow: f
start: a
verbs: shop.py
states:
  a:
    do:
      - answer
      - find_article: {article: ARTICLE, sorry: no_match}
      - say: {text: "{{ price }} pounds"}
    then: {done: end, unknown: end}
"""
PYTHON = python("""
    from shop import find_article

    @flow.state(found="tell", unknown=END)
    async def a(call: Call) -> str:
        await answer(call)
        return (await find_article(call, ARTICLE, sorry=("no_match",))).outcome

    @flow.state(done=END)
    async def tell(call: Call) -> str:
        return (await say(call, Text("{{ price }} pounds"))).outcome
""")


def test_both_spellings_use_it(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(VERB)
    for text, name in ((YAML, "f.yaml"), (PYTHON, "f.py")):
        flow = load(tmp_path, text.replace("ARTICLE", "7"), name)
        SimulatedCall(flow).hears("12 pounds").is_over(by="flow")
        flow = load(tmp_path, text.replace("ARTICLE", "8"), name)
        assert flow.states["a"].prompts == {"no_match"} | flow.states["a"].prompts
        SimulatedCall(flow).hears("no_match").is_over(by="flow")
    assert "find_article" not in VERBS


def test_it_has_the_same_checks(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(VERB)
    (tmp_path / "f.yaml").write_text(YAML.replace("ARTICLE", "700"))
    wrong = "f.yaml:9:33: article: 700 is out of range; expected 1 to 100"
    assert all_faults(tmp_path, "f.yaml") == [wrong]
    (tmp_path / "f.yaml").write_text(
        YAML.replace("{article: ARTICLE, ", "{").replace(", unknown: end", "")
    )
    assert all_faults(tmp_path, "f.yaml") == [
        "f.yaml:9:9: find_article needs article: number of the article"
    ]
    (tmp_path / "f.yaml").write_text(YAML.replace("ARTICLE", "7").replace(", unknown: end", ""))
    assert all_faults(tmp_path, "f.yaml") == [
        "f.yaml:11:5: a: then forgets unknown (of find_article)"
    ]
    (tmp_path / "f.yaml").write_text(YAML.replace("find_article", "find_artcle"))
    assert all_faults(tmp_path, "f.yaml") == [
        "f.yaml:9:9: unknown verb 'find_artcle'; did you mean 'find_article'?"
    ]
    (tmp_path / "f.py").write_text(PYTHON.replace("ARTICLE", "7").replace(", unknown=END", ""))
    [fault] = all_faults(tmp_path, "f.py")
    assert "a can return 'unknown', declared are: found" in fault


def test_files_of_verbs_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text(
        YAML.replace("shop.py", "[shp.py, none.py, broken.py, say.py, a.py, b.py]")
    )
    (tmp_path / "none.py").write_text("x = 1\n")
    (tmp_path / "broken.py").write_text("1 // 0\n")
    (tmp_path / "say.py").write_text(VERB.replace("find_article", "say"))
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(VERB)
    found = all_faults(tmp_path, "f.yaml")
    assert found[0] == "broken.py:1: ZeroDivisionError: integer division or modulo by zero"
    assert found[1:3] == [
        "f.yaml:4:9: verbs: no such file: 'shp.py', seen from the folder of this one",
        "f.yaml:4:51: verb 'find_article' is declared twice",
    ]
    assert found[-1] == "say.py:9: 'say' is a verb already; choose another name"
    assert (
        "none.py: declares no verb, as in: @ivr.verb('find_article', ('found', 'unknown'))" in found
    )
