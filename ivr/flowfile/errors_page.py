"""The page of the errors, out of their catalogue: ``python -m ivr.flowfile.errors_page``."""

from __future__ import annotations

from collections.abc import Iterator

from .codes import Entry, Example, catalogue

_HEAD = """# Errors

Made from the catalogue in `ivr/flowfile/errors` by
`python -m ivr.flowfile.errors_page > docs/errors.md`.

What is wrong in a file is told with its place, what was expected, and a code in brackets:
`menu.yaml:7:11: unknown state 'menuu'; did you mean 'menu'? [unknown-state]`. Here is what each
code means; `ivr explain unknown-state` says the same in the terminal. An example without `ivr: 1`
is the states of a flow. What is called a warning keeps no flow from being used;
[check](checking.md) says how one is allowed.
"""
_LANGUAGES = {"py": "python", "txt": "text", "yaml": "yaml"}


def page() -> str:
    """The whole page, Markdown."""
    return "\n".join([_HEAD, *_contents(), *_sections()])


def _contents() -> Iterator[str]:
    for title, entries in catalogue().items():
        links = ", ".join(f"[{entry.code}](#{entry.code})" for entry in entries)
        yield f"- {title}: {links}"
    yield ""


def _sections() -> Iterator[str]:
    for title, entries in catalogue().items():
        yield f"## {title}\n"
        for entry in entries:
            yield _section(entry)


def _section(entry: Entry) -> str:
    parts = [f"### {entry.code}", meant(entry), *_blocks(entry.bad)]
    parts += [f"```text\n{said(entry)}\n```", entry.remedy, *_blocks(entry.good)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _blocks(example: Example) -> Iterator[str]:
    for name, text in example.shown.items():
        title = f"`{name}`:\n\n" if len(example.shown) > 1 else ""
        language = _LANGUAGES[(name or "yaml").rpartition(".")[2]]
        yield f"{title}```{language}\n{text.rstrip()}\n```"


def meant(entry: Entry) -> str:
    """What it means, and whether a flow can be used with it."""
    return f"{entry.meaning} (A warning.)" if entry.code.level == "warning" else entry.meaning


def said(entry: Entry) -> str:
    """What is said of its bad example, with its code."""
    return f"{entry.says.replace('{folder}/', '')} [{entry.code}]"


if __name__ == "__main__":
    print(page(), end="")
