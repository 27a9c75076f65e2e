"""What the engine says by itself, in the languages that it speaks: data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .choices import Choice, Choices, is_key
from .effects import Text
from .key_patterns import DIGITS, key_patterns


@dataclass(frozen=True, slots=True)
class Sentences:
    """Those of one language.

    `choice` is one of a menu; `key` and `keys` are what is pressed for it, one or one of several;
    `dial` is for those that are typed.  `confirm` and `read_back` end a question with two answers,
    `accept` asks who answers a call of ours to take it.  `doubt` is asked where it is not certain
    what was said, and `keys_only` is said where speech is of no use.
    """

    choice: str
    key: str
    keys: str
    dial: str
    confirm: str
    read_back: str
    accept: str
    doubt: str
    keys_only: str
    star: str
    hash: str
    yes: tuple[str, ...]
    no: tuple[str, ...]


ENGLISH = Sentences(
    choice="For {what}, press {key}.",
    key="{}",
    keys="a key from {} to {}",
    dial="For {what}, dial the number.",
    confirm="For yes, press {yes}. For no, press {no}.",
    read_back="If this is right, press {yes}. To enter it again, press {no}.",
    accept="This is an automated call. To take it, press {key}.",
    doubt="You said {what}. Is that right?",
    keys_only="Please use the keys of your telephone.",
    star="star",
    hash="hash",
    yes=("yes", "yeah"),
    no=("no", "nope"),
)
SENTENCES = {
    "en": ENGLISH,
    "de": Sentences(
        choice="Für {what} drücken Sie {key}.",
        key="die {}",
        keys="eine Taste von {} bis {}",
        dial="Für {what} wählen Sie die Nummer.",
        confirm="Für Ja drücken Sie {yes}. Für Nein drücken Sie {no}.",
        read_back="Wenn das stimmt, drücken Sie {yes}. Für eine neue Eingabe drücken Sie {no}.",
        accept="Dies ist ein automatischer Anruf. Um ihn anzunehmen, drücken Sie {key}.",
        doubt="Sie sagten {what}. Ist das richtig?",
        keys_only="Bitte benutzen Sie die Tasten Ihres Telefons.",
        star="Stern-Taste",
        hash="Raute-Taste",
        yes=("ja",),
        no=("nein",),
    ),
    "es": Sentences(
        choice="Para {what}, pulse {key}.",
        key="{}",
        keys="una tecla del {} al {}",
        dial="Para {what}, marque el número.",
        confirm="Para sí, pulse {yes}. Para no, pulse {no}.",
        read_back="Si es correcto, pulse {yes}. Para introducirlo de nuevo, pulse {no}.",
        accept="Esta es una llamada automática. Para aceptarla, pulse {key}.",
        doubt="Ha dicho {what}. ¿Es correcto?",
        keys_only="Por favor, utilice las teclas de su teléfono.",
        star="asterisco",
        hash="almohadilla",
        yes=("sí", "si"),
        no=("no",),
    ),
    "fr": Sentences(
        choice="Pour {what}, appuyez sur {key}.",
        key="{}",
        keys="une touche de {} à {}",
        dial="Pour {what}, composez le numéro.",
        confirm="Pour oui, appuyez sur {yes}. Pour non, appuyez sur {no}.",
        read_back="Si c'est correct, appuyez sur {yes}. Pour recommencer, appuyez sur {no}.",
        accept="Ceci est un appel automatique. Pour l'accepter, appuyez sur {key}.",
        doubt="Vous avez dit {what}. Est-ce correct ?",
        keys_only="Veuillez utiliser les touches de votre téléphone.",
        star="étoile",
        hash="dièse",
        yes=("oui",),
        no=("non",),
    ),
    "it": Sentences(
        choice="Per {what}, prema {key}.",
        key="{}",
        keys="un tasto da {} a {}",
        dial="Per {what}, componga il numero.",
        confirm="Per sì, prema {yes}. Per no, prema {no}.",
        read_back="Se è corretto, prema {yes}. Per inserirlo di nuovo, prema {no}.",
        accept="Questa è una chiamata automatica. Per accettarla, prema {key}.",
        doubt="Ha detto {what}. È corretto?",
        keys_only="Per favore, usi i tasti del telefono.",
        star="asterisco",
        hash="cancelletto",
        yes=("sì", "si"),
        no=("no",),
    ),
    "pt": Sentences(
        choice="Para {what}, pressione {key}.",
        key="{}",
        keys="uma tecla de {} a {}",
        dial="Para {what}, marque o número.",
        confirm="Para sim, pressione {yes}. Para não, pressione {no}.",
        read_back="Se estiver correto, pressione {yes}. Para inserir de novo, pressione {no}.",
        accept="Esta é uma chamada automática. Para a aceitar, pressione {key}.",
        doubt="Disse {what}. Está correto?",
        keys_only="Por favor, use as teclas do seu telefone.",
        star="asterisco",
        hash="cardinal",
        yes=("sim",),
        no=("não", "nao"),
    ),
    "nl": Sentences(
        choice="Voor {what}, toets {key}.",
        key="{}",
        keys="een cijfer van {} tot en met {}",
        dial="Voor {what}, toets het nummer.",
        confirm="Voor ja, toets {yes}. Voor nee, toets {no}.",
        read_back="Als dit klopt, toets {yes}. Om het opnieuw in te voeren, toets {no}.",
        accept="Dit is een automatisch gesprek. Om het aan te nemen, toets {key}.",
        doubt="U zei {what}. Klopt dat?",
        keys_only="Gebruik alstublieft de toetsen van uw telefoon.",
        star="sterretje",
        hash="hekje",
        yes=("ja",),
        no=("nee",),
    ),
    "pl": Sentences(
        choice="{what}: naciśnij {key}.",
        key="{}",
        keys="klawisz od {} do {}",
        dial="{what}: wybierz numer.",
        confirm="Tak: naciśnij {yes}. Nie: naciśnij {no}.",
        read_back="Jeśli to się zgadza, naciśnij {yes}. Aby wpisać ponownie, naciśnij {no}.",
        accept="To jest połączenie automatyczne. Aby je odebrać, naciśnij {key}.",
        doubt="Usłyszeliśmy: {what}. Czy to się zgadza?",
        keys_only="Proszę użyć klawiszy telefonu.",
        star="gwiazdkę",
        hash="krzyżyk",
        yes=("tak",),
        no=("nie",),
    ),
}


def sentences(language: str) -> Sentences:
    """Those of *language*, such as ``de-CH``; English where it is not among them."""
    return SENTENCES.get(language.replace("_", "-").partition("-")[0].lower(), ENGLISH)


@lru_cache(maxsize=64)
def yes_and_no(language: str, yes: str = "1", no: str = "2") -> Choices:
    """The two answers of a question, by key and by word."""
    said = sentences(language)
    return Choices({"yes": Choice((yes,), said.yes), "no": Choice((no,), said.no)})


def menu(choices: Choices, language: str) -> Text:
    """``For sales, press 1. For new orders, press 2.``: the text before the key."""
    said = sentences(language)
    return Text(" ".join(line for each in choices.table.items() for line in _option(*each, said)))


def with_keys(sentence: str, yes: str, no: str, language: str) -> Text:
    """A `confirm` or `read_back` with its two keys."""
    said = sentences(language)
    return Text(sentence.format(yes=_key(yes, said), no=_key(no, said)))


def to_accept(key: str, language: str) -> Text:
    """What is said to who answers a call that is taken with *key*."""
    said = sentences(language)
    return Text(said.accept.format(key=_key(key, said)))


def _option(name: str, choice: Choice, said: Sentences) -> Iterator[str]:
    if not choice.keys:
        return  # nobody listens to words on every line
    what, way = choice.say or name.replace("_", " "), choice.keys[0]
    if is_key(way):
        yield said.choice.format(what=what, key=_key(way, said))
        return
    first, *more = key_patterns(way)
    keys = first.places[0]
    if more or first.is_open or len(first.places) > 1 or keys not in DIGITS:
        yield said.dial.format(what=what)
    else:
        yield said.choice.format(what=what, key=said.keys.format(keys[0], keys[-1]))


def _key(key: str, said: Sentences) -> str:
    signs = (said.star if sign == "*" else said.hash if sign == "#" else sign for sign in key)
    return said.key.format(" ".join(signs))
