"""Teach a network which sound is which: half an hour on two cores.

    python -m tools.tiny_model.train data.pickle final.mdl

Takes the package torch.  It learns when sounds begin from espeak-ng, which tells; then it finds out
by itself where they are, also in what flite says, and learns again.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from .kaldi import CONTEXT, FEATURES, OFFSETS, Affine, Network, write_network
from .phones import PHONES, SILENCE
from .utterance import Data, Utterance

WIDTH = 128
STEP = 3
"""Frames of 10 ms for each output: vosk counts in 30 ms."""
CHUNK, BATCH = 40, 48
UNKNOWN_PRIOR = 0.15
"""How often `[unk]` is taken to be right; more: less is refused."""
_QUIET = PHONES.index(SILENCE)

Labels = npt.NDArray[np.int64]


class Lesson(NamedTuple):
    """An utterance, with the phone of each output."""

    features: npt.NDArray[np.float32]
    labels: Labels
    phones: list[int]


class Layers(nn.Module):
    """The network as it learns; `STEP` is taken behind the first layer."""

    def __init__(self, mean: Any, deviation: Any) -> None:
        super().__init__()
        inputs = [FEATURES, *[WIDTH] * (len(OFFSETS) - 1)]
        self.convolutions = nn.ModuleList(
            nn.Conv1d(width, WIDTH, len(seen), stride=STEP if number == 1 else 1)
            for number, (width, seen) in enumerate(zip(inputs, OFFSETS, strict=True))
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(WIDTH) for _ in OFFSETS)
        self.phones = nn.Conv1d(WIDTH, len(PHONES), 1)
        self.speech = nn.Linear(WIDTH, 2)
        self.register_buffer("mean", torch.tensor(mean)[:, None])
        self.register_buffer("deviation", torch.tensor(deviation)[:, None])

    def hidden(self, features: Any) -> Any:
        """The last hidden layer."""
        seen = (features - self.mean) / self.deviation
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            seen = norm(functional.relu(convolution(seen)))
        return seen

    def forward(self, features: Any) -> Any:
        return self.phones(self.hidden(features))

    def folded(self, priors: npt.NDArray[np.float64]) -> Network:
        """The same without norms: they go into the weights of the layer behind them."""
        values = {name: value.double().numpy() for name, value in self.state_dict().items()}
        gain = 1 / values["deviation"][:, 0]
        shift = -values["mean"][:, 0] * gain
        hidden = []
        for number in range(len(OFFSETS)):
            weights = values[f"convolutions.{number}.weight"]
            bias = values[f"convolutions.{number}.bias"]
            bias = bias + np.einsum("oik,i->o", weights, shift)
            weights = weights * gain[None, :, None]
            hidden.append(Affine(weights.transpose(0, 2, 1).reshape(WIDTH, -1), bias))
            norm = {
                name: values[f"norms.{number}.{name}"]
                for name in ("weight", "bias", "running_mean", "running_var")
            }
            gain = norm["weight"] / np.sqrt(norm["running_var"] + self.norms[number].eps)
            shift = norm["bias"] - norm["running_mean"] * gain
        phones, speech = values["phones.weight"][:, :, 0], values["speech.weight"]
        return Network(
            hidden,
            Affine(phones * gain, values["phones.bias"] + phones @ shift),
            Affine(speech * gain, values["speech.bias"] + speech @ shift),
            np.array([*priors, 1.0, UNKNOWN_PRIOR]),
        )


def lesson(utterance: Utterance) -> Lesson:
    """*utterance* with its ends drawn out as far as the network sees."""
    frames = len(utterance.features)
    outputs = -(-frames // STEP)
    after = (outputs - 1) * STEP + CONTEXT + 1 - frames
    features = np.pad(utterance.features, ((CONTEXT, max(0, after)), (0, 0)), mode="edge")
    middles = np.arange(outputs) * STEP / 100 + 0.0125
    begins = np.array([begin for begin, _ in utterance.phones])
    numbers = np.array([phone for _, phone in utterance.phones], np.int64)
    labels = numbers[np.maximum(np.searchsorted(begins, middles, "right") - 1, 0)]
    return Lesson(features[: (outputs - 1) * STEP + 2 * CONTEXT + 1], labels, numbers.tolist())


def learn(layers: Layers, lessons: list[Lesson], epochs: int, first: float, last: float) -> None:
    """Go through *lessons* so many times, in steps that shrink from *first* to *last*."""
    chance = np.random.default_rng(len(lessons) + epochs)
    optimizer = torch.optim.Adam(layers.parameters(), first, weight_decay=1e-6)
    layers.train()
    for epoch in range(epochs):
        pieces = _pieces(lessons, chance)
        losses = []
        for begin in range(0, len(pieces), BATCH):
            features, labels = _batch(pieces[begin : begin + BATCH])
            if chance.random() < 0.5:  # as loud as nobody said it
                features[:, 0] += torch.tensor(chance.normal(0, 2, (len(features), 1)))
            done = (epoch + begin / len(pieces)) / epochs
            for group in optimizer.param_groups:
                group["lr"] = first * (last / first) ** done
            loss = functional.cross_entropy(layers(features), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1} of {epochs}: loss {np.mean(losses):.4f}", flush=True)


def learn_speech(layers: Layers, lessons: list[Lesson]) -> None:
    """Learn what is speech at all; nothing else of *layers* changes."""
    layers.eval()
    with torch.no_grad():
        hidden = torch.cat([layers.hidden(_tensor(each))[0].T for each in lessons])
    speech = torch.cat([torch.tensor(each.labels != _QUIET).long() for each in lessons])
    optimizer = torch.optim.Adam(layers.speech.parameters(), 3e-3)
    for _ in range(3):
        for some in torch.randperm(len(hidden)).split(4096):
            loss = functional.cross_entropy(layers.speech(hidden[some]), speech[some])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def right(layers: Layers, lessons: list[Lesson]) -> float:
    """The share of outputs that are right."""
    layers.eval()
    with torch.no_grad():
        found = [layers(_tensor(each))[0].argmax(0).numpy() == each.labels for each in lessons]
    return float(np.concatenate(found).mean())


def aligned(layers: Layers, lessons: list[Lesson]) -> list[Lesson]:
    """*lessons* with each phone where the network hears it (Viterbi)."""
    usual = 0.7 * np.log(priors(lessons))[:, None]
    layers.eval()
    found = []
    with torch.no_grad():
        for each in lessons:
            heard = torch.log_softmax(layers(_tensor(each))[0], 0).numpy() - usual
            found.append(each._replace(labels=_align(heard, each)))
    return found


def priors(lessons: list[Lesson]) -> npt.NDArray[np.float64]:
    """How often each phone is right."""
    counts = np.bincount(np.concatenate([each.labels for each in lessons]), minlength=len(PHONES))
    shares: npt.NDArray[np.float64] = (counts + 1.0) / (counts + 1.0).sum()
    return shares


def _align(heard: npt.NDArray[np.float64], each: Lesson) -> Labels:
    """The phones of a lesson in their order, each at least once; silences may be left out."""
    phones = np.array(
        [
            *([_QUIET] if each.phones[0] != _QUIET else []),
            *each.phones,
            *([_QUIET] if each.phones[-1] != _QUIET else []),
        ]
    )
    quiet = phones == _QUIET
    if (~quiet).sum() > heard.shape[1]:
        return each.labels
    never = -1e30
    likely = heard[phones]
    best = np.full(len(phones), never)
    best[:2] = likely[:2, 0]  # silence comes first, and may be left out
    skippable = np.concatenate([[False, False], quiet[1:-1]])[: len(phones)]
    came = np.zeros((heard.shape[1], len(phones)), np.int8)
    for at in range(1, heard.shape[1]):
        one = np.concatenate([[never], best[:-1]])
        two = np.where(skippable, np.concatenate([[never, never], best[:-2]])[: len(phones)], never)
        ways = np.stack([best, one, two])
        came[at] = ways.argmax(0)
        best = ways.max(0) + likely[:, at]
    state = len(phones) - (1 if best[-1] >= best[-2] else 2)
    path = np.zeros(heard.shape[1], int)
    for at in range(heard.shape[1] - 1, -1, -1):
        path[at] = state
        state -= came[at, state]
    return phones[path].astype(np.int64)


def _pieces(lessons: list[Lesson], chance: np.random.Generator) -> list[tuple[Lesson, int]]:
    """Where to begin in which lesson, in any order; each piece is `CHUNK` outputs long."""
    pieces = []
    for each in lessons:
        last = len(each.labels) - CHUNK
        if last >= 0:
            begins = range(-int(chance.integers(CHUNK)), last + CHUNK, CHUNK)
            pieces += [(each, min(max(begin, 0), last)) for begin in begins]
    return [pieces[number] for number in chance.permutation(len(pieces))]


def _batch(pieces: list[tuple[Lesson, int]]) -> tuple[Any, Any]:
    span = (CHUNK - 1) * STEP + 2 * CONTEXT + 1
    features = [each.features[at * STEP : at * STEP + span].T for each, at in pieces]
    labels = [each.labels[at : at + CHUNK] for each, at in pieces]
    return torch.tensor(np.stack(features)), torch.tensor(np.stack(labels))


def _tensor(each: Lesson) -> Any:
    return torch.tensor(each.features.T[None])


def main() -> None:
    source, target = map(Path, sys.argv[1:])
    torch.manual_seed(1)
    data: Data = pickle.loads(source.read_bytes())
    espeak, flite, unseen = (
        [lesson(each) for each in part if len(each.features) > 30] for part in data
    )
    sample = np.concatenate([each.features for each in espeak[:1500]])
    layers = Layers(sample.mean(0), sample.std(0))
    learn(layers, espeak, 4, 2e-3, 7e-4)
    espeak, flite = aligned(layers, espeak), aligned(layers, flite)
    learn(layers, espeak + flite, 2, 1e-3, 7e-4)
    espeak, flite = aligned(layers, espeak), aligned(layers, flite)
    learn(layers, espeak + flite, 8, 1e-3, 6e-5)
    learn_speech(layers, (espeak + flite)[::4])
    print(f"of voices never heard, {right(layers, aligned(layers, unseen)):.1%} right")
    write_network(layers.folded(priors(espeak + flite)), target)


if __name__ == "__main__":
    main()
