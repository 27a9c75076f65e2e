"""The author's prompts: `prompts/<language>.yaml` and `prompts/<language>/<name>.wav`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from ..engine.codes import Code
from ..engine.errors import Fault, FlowError, LoadError, SettingsError
from ..engine.ssml import check, is_ssml, spoken
from ..engine.state import NOWHERE, Place

BUILT_IN_LANGUAGE = "en"
BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "sorry": {
        "en": "We are sorry, something went wrong. Please call again later.",
        "de": "Leider ist ein Fehler aufgetreten. Bitte rufen Sie später noch einmal an.",
        "es": "Lo sentimos, se ha producido un error. Por favor, vuelva a llamar más tarde.",
        "fr": "Désolé, une erreur s'est produite. Veuillez rappeler plus tard.",
        "it": "Siamo spiacenti, si è verificato un errore. La preghiamo di richiamare più tardi.",
        "pt": "Lamentamos, ocorreu um erro. Por favor, ligue mais tarde.",
        "nl": "Sorry, er is iets misgegaan. Probeert u het later nog eens.",
        "pl": "Przepraszamy, wystąpił błąd. Prosimy zadzwonić później.",
    },
    "no_input": {
        "en": "Sorry, I did not hear anything.",
        "de": "Ich habe leider nichts gehört.",
        "es": "Lo siento, no he oído nada.",
        "fr": "Désolé, je n'ai rien entendu.",
        "it": "Mi dispiace, non ho sentito nulla.",
        "pt": "Desculpe, não ouvi nada.",
        "nl": "Sorry, ik heb niets gehoord.",
        "pl": "Przepraszam, nic nie słyszę.",
    },
    "no_match": {
        "en": "Sorry, I did not get that.",
        "de": "Das habe ich leider nicht verstanden.",
        "es": "Lo siento, no le he entendido.",
        "fr": "Désolé, je n'ai pas compris.",
        "it": "Mi dispiace, non ho capito.",
        "pt": "Desculpe, não entendi.",
        "nl": "Sorry, dat heb ik niet begrepen.",
        "pl": "Przepraszam, nie rozumiem.",
    },
}
"""Prompts that always exist, by language.  An author's prompt of the same name is used instead."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_NO_LANGUAGE = "is not a language; expected a tag such as en, de or pt-BR"
_NAME = re.compile(r"\w[\w.-]*")
_OTHER_AUDIO = {".mp3", ".ogg", ".opus", ".flac", ".m4a", ".aac", ".wma", ".gsm", ".au", ".aiff"}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 20  # levels; the C loader recurses, and deep enough it ends the process


@dataclass(frozen=True, slots=True)
class Entry:
    """What there is of one prompt in one language: a recording, a text, or both.

    `place` is that of the text, or of the recording where there is none.
    """

    recording: Path | None = None
    text: str = ""
    place: Place = field(default=NOWHERE, compare=False)


class Catalogue:
    """All prompts of all languages.  Language tags are compared without regard to case.

    `warnings`: what in their files is not as its author meant it.
    """

    def __init__(
        self,
        entries: Mapping[str, Mapping[str, Entry]],
        default: str,
        warnings: Sequence[Fault] = (),
    ) -> None:
        self.default = canonical(default)
        self.entries = entries
        self.warnings = warnings

    def chain(self, language: str) -> tuple[str, ...]:
        """The languages to try for `language`, best first: de-CH, de, the default.

        An empty `language` is the default.
        """
        wanted = canonical(language) or self.default
        return tuple(dict.fromkeys((*widened(wanted), *widened(self.default))))

    def names(self, language: str = "") -> set[str]:
        """Every prompt that a caller with this language can hear, if need be in another one."""
        known = set(BUILT_IN)
        for each in self.chain(language):
            known |= set(self.entries.get(each, ()))
        return known

    def own_names(self, language: str) -> set[str]:
        """Every prompt that a caller with this language hears in it."""
        own = widened(canonical(language))
        built_in = {name for name, said in BUILT_IN.items() if own[-1] in said}
        return built_in.union(*(self.entries.get(each, ()) for each in own))

    def everywhere(self) -> set[str]:
        """Every prompt of any language."""
        return set(BUILT_IN).union(*self.entries.values())

    def texts(self, language: str = "") -> dict[str, str]:
        """What each prompt says to a caller with this language; recordings without a text too."""
        said = {name: words[BUILT_IN_LANGUAGE] for name, words in BUILT_IN.items()}
        for each in reversed(self.chain(language)):
            said |= {name: words[each] for name, words in BUILT_IN.items() if each in words}
            for name, entry in self.entries.get(each, {}).items():
                said[name] = spoken(entry.text, each) or f"(recording {name})"
        return said

    def untranslated(self) -> list[tuple[str, str]]:
        """(language, name) of what the default language has and that language has not."""
        wanted = self.entries.get(self.default, {})
        return [
            (language, name)
            for language in sorted(self.entries)
            for name in sorted(wanted)
            if not any(name in self.entries.get(each, ()) for each in widened(language))
        ]


def canonical(language: str) -> str:
    """The one spelling under which a language tag is looked up: ``de_CH`` becomes ``de-ch``."""
    return language.strip().replace("_", "-").lower()


def widened(language: str) -> tuple[str, ...]:
    """`language` and what it is a region of: de-ch, de."""
    parts = language.split("-")
    return tuple("-".join(parts[:length]) for length in range(len(parts), 0, -1))


def clean(words: str) -> str:
    """`words` as a voice may get them: composed (NFC), without control characters."""
    text = words.encode("utf-8", "ignore").decode()
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def read_catalogue(folder: Path, default: str = BUILT_IN_LANGUAGE) -> Catalogue:
    """Read all of `folder`; one that does not exist holds no prompts.

    `default` is the language of a call that names none.  Raises `LoadError` with every fault of
    every file, `SettingsError` where `default` is no language tag.
    """
    if not _LANGUAGE.fullmatch(canonical(default)):
        raise SettingsError(f"{default!r} {_NO_LANGUAGE}")
    faults: list[Fault] = []
    warnings: list[Fault] = []
    texts: dict[str, dict[str, Entry]] = {}
    sounds: dict[str, dict[str, Path]] = {}
    for path in _listed(folder, faults):
        language = canonical(path.stem)
        if path.is_dir():
            if path.name.startswith(".") or not _is_language(path.name, path, faults):
                continue
            sounds.setdefault(language, {}).update(_recordings(path, faults))
        elif path.suffix == ".yml":
            faults.append(_fault(path, f"rename it to {path.stem}.yaml"))
        elif path.suffix == ".yaml" and _is_language(path.stem, path, faults):
            if language in texts:
                faults.append(_fault(path, f"another file has the texts of {language}"))
            texts[language] = _File(path, faults, warnings).texts()
    if faults:
        raise LoadError(sorted(faults))
    return Catalogue(
        {
            language: {
                name: _entry(texts.get(language, {}).get(name), sounds.get(language, {}).get(name))
                for name in {**texts.get(language, {}), **sounds.get(language, {})}
            }
            for language in {**texts, **sounds}
        },
        default,
        sorted(warnings),
    )


def _entry(text: Entry | None, recording: Path | None) -> Entry:
    if text is None:
        return Entry(recording, place=Place(str(recording)))
    return replace(text, recording=recording)


def _listed(folder: Path, faults: list[Fault]) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        faults.append(_fault(folder, f"cannot be read: {error.strerror}"))
        return []


def _is_language(tag: str, path: Path, faults: list[Fault]) -> bool:
    if _LANGUAGE.fullmatch(tag):
        return True
    faults.append(_fault(path, f"{tag!r} {_NO_LANGUAGE}"))
    return False


def _recordings(folder: Path, faults: list[Fault]) -> dict[str, Path]:
    found = {}
    for path in _listed(folder, faults):
        if path.name.startswith("."):
            continue
        if path.suffix.lower() in _OTHER_AUDIO:
            message = f"only WAV can be played; try: ffmpeg -i {path.name} {path.stem}.wav"
            faults.append(_fault(path, message))
        elif path.suffix.lower() == ".wav":
            found[path.stem] = path
            if not _NAME.fullmatch(path.stem):
                faults.append(_fault(path, _bad_name(path.stem)))
            elif not path.is_file():
                faults.append(_fault(path, "expected a file with a recording"))
    return found


def _fault(path: Path, message: str) -> Fault:
    return Fault(str(path), 0, 0, message, Code.BAD_PROMPTS)


def _bad_name(name: str) -> str:
    return f"{name!r} cannot name a prompt; use letters, digits, '_', '-' and '.'"


class _File:
    """One file of texts, while it is read."""

    def __init__(self, path: Path, faults: list[Fault], warnings: list[Fault]) -> None:
        self._path = path
        self._faults = faults
        self._warnings = warnings

    def texts(self) -> dict[str, Entry]:
        """What is in it; whatever is wrong with it is added to the faults."""
        try:
            source = self._path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            self._add(0, 0, f"cannot be read: {error.strerror}")
            return {}
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            column = error.start - error.object.rfind(b"\n", 0, error.start)
            self._add(line, column, "not UTF-8; save the file as UTF-8")
            return {}
        texts: dict[str, Entry] = {}
        for key, value in self._pairs(source):
            if not isinstance(key, yaml.ScalarNode) or not _NAME.fullmatch(key.value):
                shown = key.value if isinstance(key, yaml.ScalarNode) else "this"
                self._at(key.start_mark, _bad_name(shown))
                continue
            if key.value in texts:
                self._at(key.start_mark, f"{key.value!r} is there twice; remove one")
            problem = _wrong(value, source)
            if problem:
                self._at(value.start_mark, f"{key.value}: {problem}")
            words = "" if problem else clean(value.value)
            mark = key.start_mark
            place = Place(str(self._path), mark.line + 1, mark.column + 1)
            texts[key.value] = Entry(None, words, place)
            if is_ssml(words):
                self._check_ssml(key.value, value)
        return texts

    def _pairs(self, source: str) -> list[tuple[yaml.Node, yaml.Node]]:
        try:
            if _too_deep(source):
                self._add(0, 0, "nested too deeply; expected one prompt per line, `name: text`")
                return []
            root = yaml.compose(source, _Loader)
        except yaml.MarkedYAMLError as error:
            hint = "a text with special characters goes in quotes"
            self._at(error.problem_mark, f"not YAML: {error.problem}; {hint}")
            return []
        except yaml.YAMLError as error:
            self._add(0, 0, f"not YAML: {' '.join(str(error).split())}")
            return []
        if root is None or (isinstance(root, yaml.ScalarNode) and not root.value):
            return []
        if not isinstance(root, yaml.MappingNode):
            self._at(root.start_mark, "expected one prompt per line, `name: text`")
            return []
        return list(root.value)

    def _check_ssml(self, name: str, value: yaml.Node) -> None:
        mark = value.start_mark
        place = str(self._path), mark.line + 1, mark.column + 1
        try:
            for each in check(value.value):
                self._warnings.append(Fault(*place, f"{name}: {each}", Code.UNKNOWN_SSML))
        except FlowError as error:
            self._faults.append(Fault(*place, f"{name}: {error}", Code.BAD_SSML))

    def _at(self, mark: yaml.Mark | None, message: str) -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        self._add(line, column, message)

    def _add(self, line: int, column: int, message: str) -> None:
        self._faults.append(Fault(str(self._path), line, column, message, Code.BAD_PROMPTS))


def _too_deep(source: str) -> bool:
    depth = 0
    for event in yaml.parse(source, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                return True
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return False


def _wrong(value: yaml.Node, source: str) -> str:
    """What keeps `value` from being a text, "" if nothing does."""
    quotes = "put it in quotes"
    template = "a text with {{ }} changes with the call: write it in the flow, as `text:`"
    if not isinstance(value, yaml.ScalarNode):
        braces = source.startswith("{{", value.start_mark.index)
        return template if braces else f"expected a text, found a list or a map; {quotes}"
    if source.startswith(("&", "!"), value.start_mark.index):
        return f"YAML reads & and ! at the beginning as its own; {quotes}"
    if "{{" in value.value or "{%" in value.value:
        return template
    if not clean(value.value):
        return f"expected a text, found nothing; if it begins with #, {quotes}"
    return ""
