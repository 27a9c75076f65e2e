"""Where a call got to in the end, in a few words: what is counted, and compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .journal import Line


def end_of(lines: Iterable[Line], renamed: Mapping[str, str]) -> str:
    """Where the call with these *lines* of a journal got to.

    *renamed* says how states are called, by what *lines* call them.
    """
    state = reached = by = ""
    called: dict[tuple[str, int], str] = {}
    for line in lines:
        what = line.get("effect") or line.get("event")
        if what in ("dial", "refer"):
            called[what, line["leg" if what == "dial" else "id"]] = line["to"]
        elif what != "note":
            reached = _reached(line, called) or reached
        elif line["kind"] in ("state", "back"):
            state = renamed.get(line["detail"], line["detail"])
        elif line["kind"] == "recorded":
            reached = "leaves a message"
        elif line["kind"] == "end":
            by = line["detail"]
    if by == "error":
        return f"fails in {state}"
    gone = "hangs up" if by in ("caller", "media_timeout") else "is let go"
    return reached or f"{gone} in {state}"


def _reached(line: Line, called: Mapping[tuple[str, int], str]) -> str:
    """Where the caller gets to with this; empty: nowhere."""
    match line.get("effect") or line.get("event"):
        case "join" if not line["early"]:
            return f"talks to {called.get(('dial', line['leg']), 'somebody')}"
        case "refer_done" if 200 <= line["code"] < 300:
            return f"is referred to {called.get(('refer', line['id']), 'somebody')}"
        case "reject":
            return f"is rejected with {line['code']}"
        case "redirect":
            return f"is redirected to {', '.join(line['contacts'])}"
    return ""
