"""The page of the library, out of its own files: ``python -m ivr.flowfile.library_page``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from .loading import LIBRARY, LIBRARY_PREFIX, library

_HEAD = """# The library

Made from the flows' own files by `python -m ivr.flowfile.library_page > docs/library.md`.

Flows for what many flows ask. They come with the program, and any flow calls them by name
([call_flow](composition.md)). Every word that a caller hears is an argument of type `prompts`:
a prompt by name, or several, `{text: words}`, `{file: sound.wav}`, or `none`. Words that are
given may have the variables that the default has, or the description names.

The words of the library are said in the language of the call: English, German, Spanish, French,
Italian, Portuguese, Dutch or Polish. A prompt of your own that is called as the flow and the
argument, such as `pin.question` in `prompts/de.yaml` or `prompts/de/pin.question.wav`, is said
instead, whoever calls the flow.
"""
# What is needed by each, and what is taken from it.
_EXAMPLES = {
    "amount": "currency: USD, most: 500, into: {deposit: amount}",
    "card_number": "into: {card: number}",
    "date": "earliest: 2026-01-01, into: {appointment: day}",
    "dial_by_extension": "domain: pbx.example.com, pattern: 6XX 70X, into: {called: extension}",
    "dial_by_name": "domain: pbx.example.com, directory: {Ann Smith: 601, Bob Jones: 602}",
    "language_choice": 'first: en, second: de, offer_first: {text: "For English, press 1."},'
    ' offer_second: {text: "Für Deutsch drücken Sie die 2."}',
    "mailbox": 'box: "601"',
    "opening_hours": "schedule: office, hours: {text: Call from Monday to Friday.}",
    "phone_number": "country: DE, into: {call_back: number}",
    "pin": 'expected: secrets.door, account: "door {{ dialled }}"',
    "voicemail": 'box: "601", greeting: {text: Ann is out. Leave her a message.}',
    "yes_no": 'question: {text: "Shall we call you back?"}',
}
_MORE = {
    "dial_by_name": """`directory: people.yaml` reads the names from a file beside the flow, one
`name: extension` a line. With the keys 2 to 9 a caller spells a name from the beginning of any of
its words; where several fit, each is offered in turn.
""",
    "mailbox": """What opens mailbox 601 is the secret `mailbox_601`: its `pin`
([Mailboxes](#mailboxes)), or one of `secrets`. Where there is none, nobody opens it. Wrong PINs are
counted as [authenticate](verbs.md#authenticate) does.
""",
    "voicemail": """A mailbox is there as soon as a message is ([Mailboxes](#mailboxes)). In the
menu, silence sends the message, and so does who hangs up behind it.
""",
}
_TAIL = """## Mailboxes

```yaml
mailboxes:
  "601": {pin: {file: 601.pin}, phone: sip:ann@phones.example.org}
```

`pin` opens the mailbox; it comes from a file or from the environment (`{env: PIN_OF_601}`).
`phone` is told whenever the number of messages changes: an unsolicited NOTIFY (RFC 3842) that
lights its lamp. Without `phone` it is the one that is registered under the name of the mailbox
([front.users](front.md#registered-phones)). A phone that is switched off learns of its messages
with the next change. Mailboxes that need neither need not be listed.

`deliver`, `mailbox` and `mark_message` ([The verbs](verbs.md)) are what `voicemail` and
`mailbox` are made of; other flows may use them as well. Which messages a mailbox has is kept
beside what flows remember (`work.memory`); the recordings stay in `var/messages`, so machines
that share mailboxes share that folder. A message is gone when its recording is: deleted by its
owner, after `records.keep_days`, or with `ivr erase`. A mailbox holds 500 messages.
"""


def page() -> str:
    """The whole page, Markdown."""
    return "\n".join([_HEAD, *map(_section, library()), _TAIL])


def _section(name: str) -> str:
    text = (LIBRARY / f"{name}.yaml").read_text(encoding="utf-8")
    flow: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # texts only
    outcomes: dict[str, str] = flow["outcomes"]
    given = ", ".join(filter(None, [LIBRARY_PREFIX + name, _EXAMPLES[name]]))
    lines = [f"## {name}", "", flow["description"], "", "```yaml", f"  {name}:", "    do:"]
    lines += [f"      - call_flow: {{flow: {given}}}"]
    lines += ["    then: {" + ", ".join(f"{each}: end" for each in outcomes) + "}", "```", ""]
    if name in _MORE:
        lines += [_MORE[name]]
    lines += ["| argument | | type | default |", "|---|---|---|---|"]
    lines += [_row(each, declared) for each, declared in flow["arguments"].items()]
    lines += ["", "| outcome | |", "|---|---|"]
    lines += [f"| `{outcome}` | {words} |" for outcome, words in outcomes.items()]
    lines += ["", f"Returns: {_listed(flow.get('returns', {}))}.", ""]
    return "\n".join(lines)


def _row(name: str, declared: Mapping[str, Any]) -> str:
    default = "".join(_default(declared)) if "default" in declared else "needed"
    cells = (f"`{name}`", declared["description"], declared["type"], default)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(declared: Mapping[str, Any]) -> Iterator[str]:
    match declared["default"]:
        case {"text": words}:
            yield f"“{' '.join(words.split())}”"
        case "":
            yield "empty"
        case value:
            yield f"`{value}`"


def _listed(names: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"


if __name__ == "__main__":
    print(page(), end="")
