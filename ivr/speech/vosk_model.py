"""The folder of a vosk model: what is in it, without loading it.

Its files are in folders of their own, or, in older models, side by side.  The words are in a file,
or, in small models, in the graph of the grammar.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import openfst

EMBEDDED = {"en": Path(__file__).with_name("models") / "en"}
"""What comes along, by language."""
NEEDED = ("am/final.mdl", "conf/mfcc.conf")
SETTINGS = "conf/model.conf"  # which older models have not
# Models with one large graph instead of these two recognise, but take no grammar, and say nothing.
GRAMMAR = ("graph/HCLr.fst", "graph/Gr.fst")
WORDS = "graph/words.txt"
USUAL_RATE = 16000  # of a model that does not say


def fault(model: Path) -> str:
    """Why *model* is of no use; empty: it looks like one."""
    if not model.is_dir():
        return f"{model} is no folder; expected that of a vosk model, unpacked"
    for name in (*NEEDED, *([] if _is_flat(model) else [SETTINGS]), *GRAMMAR):
        if not part(model, name).is_file():
            why = "; a model that takes no grammar is of no use here" if name in GRAMMAR else ""
            return f"{model}: there is no {name} in it{why}"
    try:
        known = words(model)
    except ValueError as error:
        return f"{model}: {error}"
    return "" if known else f"{model}: there is no {WORDS} in it, nor words in its graph"


def words(model: Path) -> frozenset[str]:
    """The words that it knows; one in angle or square brackets is none.

    Raises `ValueError` where its graph is damaged, and `OSError`.
    """
    file = part(model, WORDS)
    if file.is_file():
        lines = file.read_text(encoding="utf-8").splitlines()
        found = [line.partition(" ")[0] for line in lines]
    else:
        found = openfst.symbols(part(model, GRAMMAR[1]))
    return frozenset(word for word in found if word[:1] not in ("<", "[", "#", ""))


def part(model: Path, name: str) -> Path:
    """Where the part that is called *name* in new models is in this one."""
    return model / (Path(name).name if _is_flat(model) else name)


@contextmanager
def fit_for(rate: int, model: Path) -> Iterator[Path]:
    """*model* as vosk will take sound of *rate* hertz: a model for a higher rate has to allow it.

    Where it does not, this is a folder that points at the model and has a setting more.
    """
    config = part(model, "conf/mfcc.conf")
    text = config.read_text(encoding="utf-8")
    options = text.split()
    rates = [each.partition("=")[2] for each in options if each.startswith("--sample-frequency=")]
    if float(rates[-1] if rates else USUAL_RATE) <= rate or "--allow-upsample=true" in options:
        yield model
        return
    with tempfile.TemporaryDirectory(prefix="ivr-model-") as folder:
        beside = Path(folder)
        for each in model.iterdir():
            if each not in (config, config.parent):
                (beside / each.name).symlink_to(each.resolve())
        own = beside / config.relative_to(model)
        if own.parent != beside:
            own.parent.mkdir()
            for each in config.parent.iterdir():
                if each != config:
                    (own.parent / each.name).symlink_to(each.resolve())
        own.write_text(f"{text}\n--allow-upsample=true\n", encoding="utf-8")
        yield beside


def _is_flat(model: Path) -> bool:
    return (model / "final.mdl").is_file() and not (model / "am").is_dir()
