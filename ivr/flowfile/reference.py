"""The page of the verbs, out of their own declarations: ``python -m ivr.flowfile.reference``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

from ..engine import verbs as _verbs  # noqa: F401  # declares them
from ..engine.choices import Choices
from ..engine.effects import Prompt
from ..engine.flow import Flow
from ..engine.schedule import Closures, Holidays, Special
from ..engine.statuses import LEAST, MOST, REFUSALS
from ..engine.validators import Validators
from ..engine.verb import OR_NONE, VERBS, Doc, Kind, Pairs, Range, Verb
from .bind import Signature, is_switch, nested_in, signature_of
from .verb_examples import PEERS, VerbExample, verb_examples

_HEAD = """# The verbs

Made from the verbs' own declarations by `python -m ivr.flowfile.reference > docs/verbs.md`.

In YAML a verb is `verb: value` or `verb: {parameter: value, …}`; a value alone is the first
parameter of the table. Times are `5`, `0.5 s`, `300 ms`, `2 min`, `1 h` or `30 d`. In Python it is
`await verb(call, …)` with the same names, and returns a result with `outcome`, `value`,
`terminator`, `code` and `reason`.

An example is the states that matter. In Python `flow` is their `Flow`, and the other names come
from `ivr` ([Write a flow in Python](python.md)). Below it is what others have for the verb.
"""
_KINDS = {
    "seconds": "time",
    "keys": "keys",
    "text": "text, may have {{ … }}",
    "expression": "expression",
    "variable": "name",
    "address": "address, may have {{ … }}",
    "contact": "contact, may have {{ … }}",
    "dial pattern": "dial pattern",
    "schedule": "name",
    "account": "name",
    "database": "name",
    "secret text": "text, may have {{ … }}, secrets as well",
    "url": "URL, may have {{ … }} behind its host",
    "path": "path",
    "function": "module:function",
    "plain": "anything that YAML can say, may have {{ … }}",
    "key pattern": "pattern or range of keys",
    "status": f"{LEAST} to {MOST}, or {', '.join(f'`{name}`' for name in REFUSALS)}",
}


def page() -> str:
    """The whole page, Markdown."""
    return "\n".join([_HEAD, *(_section(VERBS[name]) for name in sorted(VERBS))])


def _section(verb: Verb) -> str:
    signature = signature_of(verb.run)
    lines = [f"## {verb.name}", "", inspect.cleandoc(verb.run.__doc__ or ""), ""]
    lines += [f"Outcomes: {verb.outcomes_doc}.", ""]
    if signature.parameters:
        lines += ["| parameter | | value | default |", "|---|---|---|---|"]
        lines += _rows(signature)
        lines.append("")
    lines += _shown(verb_examples()[verb.name])
    return "\n".join(lines)


def _shown(example: VerbExample) -> Iterator[str]:
    yield f"```yaml\n{example.yaml}```\n\n```python\n{example.python}```\n"
    yield f"| {' | '.join(PEERS.values())} |\n|{'---|' * len(PEERS)}"
    yield f"| {' | '.join(example.peers[peer] for peer in PEERS)} |\n"


def _rows(signature: Signature, of: str = "") -> Iterator[str]:
    for parameter in signature.parameters.values():
        yield _row(signature, parameter, of)
        nested = nested_in(signature.hints[parameter.name])
        if nested is not None:
            yield from _rows(signature_of(nested), f"{of}{parameter.name}.")


def _row(signature: Signature, parameter: inspect.Parameter, of: str) -> str:
    hint = signature.hints[parameter.name]
    doc = next((m.text for m in getattr(hint, "__metadata__", ()) if isinstance(m, Doc)), "")
    any_name = parameter.kind is parameter.VAR_KEYWORD
    name = "(any name)" if any_name else f"`{of}{parameter.name}`"
    value = _value(hint)
    if parameter.kind is parameter.VAR_POSITIONAL:
        value = f"one, or a list of: {value}"
    cells = (name, doc, value, _default(signature, parameter))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(hint: Any) -> str:
    metadata: tuple[Any, ...] = ()
    while hasattr(hint, "__metadata__"):
        metadata, hint = (*metadata, *hint.__metadata__), hint.__origin__
    args = [arg for arg in get_args(hint) if arg is not NoneType]
    if nested_in(hint) is not None:
        return "yes or no, or pairs: see below" if is_switch(hint) else "pairs: see below"
    if hint == Prompt:
        return "prompt"
    if hint == Validators:
        return "one, or a list of: validator"
    if get_origin(hint) is Literal:
        return ", ".join(f"`{arg}`" for arg in args)
    if get_origin(hint) is tuple:
        return f"list of: {_value(args[0])}" + (", or none" if OR_NONE in metadata else "")
    if get_origin(hint) is Mapping:
        return f"pairs, name: {_value(args[1])}"
    if NoneType in get_args(hint):
        return _value(args[0])
    kind = next((_KINDS[m.name] for m in metadata if isinstance(m, Kind)), "")
    words = kind or {
        bool: "yes or no",
        int: "whole number",
        float: "number",
        str: "text",
        Choices: "choices",
        Special: "day: times pairs",
        Closures: "file",
        Holidays: "country",
        ZoneInfo: "time zone",
        Flow: "flow file",
        Pairs: "pairs, name: text, or a file that has them",
        Any: "any value",
    }.get(hint, getattr(hint, "__name__", str(hint)).lower())
    limits = [m for m in metadata if isinstance(m, Range)]
    if limits:
        least, most = max(r.least for r in limits), min(r.most for r in limits)
        words += f", {least:.12g} to {most:.12g}"
    return words


def _default(signature: Signature, parameter: inspect.Parameter) -> str:
    default = parameter.default
    if default is parameter.empty:
        is_needed = parameter.kind is not parameter.VAR_KEYWORD and signature.needs(parameter)
        return "needed" if is_needed else ""
    if default is None or default == () or default == {} or default == "":
        return ""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return f"`{re.sub(r'[.]0$', '', str(default))}`"


if __name__ == "__main__":
    print(page(), end="")
