"""What a text or a condition mentions, without evaluating it."""

from __future__ import annotations

from jinja2 import meta, nodes

from .sandbox import SANDBOX


def skeleton(source: str, filled_in: str) -> str:
    """*source* with *filled_in* for each ``{{ … }}``, and with all that depends on an `if`."""
    found = []
    for _, token, words in SANDBOX.lex(source):
        if token in ("data", "variable_begin"):
            found.append(words if token == "data" else filled_in)
    return "".join(found)


def names_in(expression: str) -> set[str]:
    """The variables that *expression*, a well-formed one, is made of."""
    return meta.find_undeclared_variables(SANDBOX.parse(f"{{{{ ({expression}\n) }}}}"))


def plurals_in(source: str) -> list[set[str]]:
    """The plural categories that each `plural` of *source*, a well-formed text, has forms for."""
    if "plural" not in source or "{" not in source:
        return []
    filters = (
        node for node in SANDBOX.parse(source).find_all(nodes.Filter) if node.name == "plural"
    )
    return [
        {*("one", "other")[: len(node.args)], *(str(each.key) for each in node.kwargs)}
        for node in filters
    ]


def names_in_text(source: str) -> set[str]:
    """The variables that *source*, a well-formed text, is made of."""
    return meta.find_undeclared_variables(SANDBOX.parse(source)) if "{" in source else set()


def secrets_in(expression: str) -> set[str]:
    """The secrets that *expression*, a well-formed one, cannot do without, as far as it says."""
    return (
        _secrets(SANDBOX.parse(f"{{{{ ({expression}\n) }}}}")) if "secrets" in expression else set()
    )


def secrets_in_text(source: str) -> set[str]:
    """The same of *source*, a well-formed text."""
    return _secrets(SANDBOX.parse(source)) if "secrets" in source and "{" in source else set()


def _secrets(parsed: nodes.Template) -> set[str]:
    found: set[str] = set()
    spare: set[int] = set()  # whose lack is thought of
    for each in parsed.find_all((nodes.Filter, nodes.Test)):
        if each.name in ("default", "defined", "undefined"):
            spare.add(id(each.node))
    for piece in parsed.find_all((nodes.Getattr, nodes.Getitem)):
        if id(piece) not in spare:
            match piece:
                case nodes.Getattr(node=nodes.Name(name="secrets"), attr=str(name)):
                    found.add(name)
                case nodes.Getitem(
                    node=nodes.Name(name="secrets"), arg=nodes.Const(value=str(name))
                ):
                    found.add(name)
    return found
