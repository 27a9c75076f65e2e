"""The network of a model as vosk reads it: am/final.mdl, in the binary form of Kaldi.

A file is tokens and values, each value with its size before it (Kaldi: base/io-funcs, nnet3).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .phones import OUTPUTS, PLACED

Numbers = npt.NDArray[np.float64]

FEATURES = 30
"""Of each 10 ms of sound: MFCC, as conf/mfcc.conf says."""
OFFSETS = ((-2, -1, 0, 1, 2), (-1, 0, 1), (-3, 0, 3), (-3, 0, 3), (-3, 0, 3))
"""What each hidden layer sees of the one before it, in steps of 10 ms."""
CONTEXT = sum(offsets[-1] for offsets in OFFSETS)
"""How far the network sees to either side, in the same steps."""


@dataclass(frozen=True)
class Affine:
    """Rows of weights, an output each, and what is added to them."""

    weights: Numbers
    bias: Numbers


@dataclass(frozen=True)
class Network:
    """Hidden layers, each with a ReLU behind it, and two outputs of the last of them."""

    hidden: list[Affine]
    phones: Affine
    """How likely each of `PHONES` is."""
    speech: Affine
    """How likely no speech and speech are."""
    priors: Numbers
    """How often each output was right in training; more for one makes it rarer."""


def write_network(network: Network, file: Path) -> None:
    """Write *network* as *file*.  Raises `OSError`."""
    file.write_bytes(b"\0B" + _transitions() + _acoustic_model(network))


def _transitions() -> bytes:
    """One state for each phone, which stays or goes on, as likely."""
    count = len(PLACED)
    half = math.log(0.5)
    return b"".join(
        [
            *(_token("TransitionModel"), _token("Topology")),
            *(_whole_numbers(range(1, count + 1)), _whole_numbers([-1, *[0] * count])),
            *map(_whole, (1, 2)),  # one topology, of two states
            *(_whole(0), _whole(2), _whole(0), _real(0.5), _whole(1), _real(0.5)),
            *(_whole(-1), _whole(0)),  # the last has no output
            *(_token("/Topology"), _token("Triples"), _whole(count)),
            *(
                _whole(value)
                for phone, output in enumerate(OUTPUTS, start=1)
                for value in (phone, 0, output)
            ),
            *(_token("/Triples"), _token("LogProbs"), _vector([0, *[half] * (2 * count)])),
            *(_token("/LogProbs"), _token("/TransitionModel")),
        ]
    )


def _acoustic_model(network: Network) -> bytes:
    nodes = [f"input-node name=input dim={FEATURES}"]
    components: list[tuple[str, bytes]] = []
    before = "input"

    def add(name: str, component: bytes, source: str) -> None:
        nodes.append(f"component-node name={name} component={name} input={source}")
        components.append((name, component))

    for number, (offsets, layer) in enumerate(zip(OFFSETS, network.hidden, strict=True)):
        seen = ", ".join(f"Offset({before}, {at})" if at else before for at in offsets)
        add(f"t{number}.affine", _affine(layer), f"Append({seen})")
        relu = _nonlinear("RectifiedLinearComponent", layer)
        add(f"t{number}.relu", relu, f"t{number}.affine")
        before = f"t{number}.relu"
    for name, layer in (("out", network.phones), ("head", network.speech)):
        add(f"{name}.affine", _affine(layer), before)
        add(f"{name}.lsm", _nonlinear("LogSoftmaxComponent", layer), f"{name}.affine")
    nodes.append("output-node name=output input=Append(out.lsm, head.lsm) objective=linear")
    return b"".join(
        [
            *(_token("Nnet3"), "\n".join(["", *nodes, "", ""]).encode()),
            *(_token("NumComponents"), _whole(len(components))),
            *(_token("ComponentName") + f"{name} ".encode() + each for name, each in components),
            _token("/Nnet3"),
            *(_token("LeftContext"), _whole(CONTEXT), _token("RightContext"), _whole(CONTEXT)),
            *(_token("Priors"), _vector(network.priors)),
        ]
    )


def _affine(layer: Affine) -> bytes:
    inside = [_token("LinearParams"), _matrix(layer.weights)]
    inside += [_token("BiasParams"), _vector(layer.bias)]
    return _element("FixedAffineComponent", inside)


def _nonlinear(kind: str, layer: Affine) -> bytes:
    inside = [_token("Dim"), _whole(len(layer.bias)), _token("ValueAvg"), _vector([])]
    inside += [_token("DerivAvg"), _vector([]), _token("Count"), b"\10" + struct.pack("<d", 0)]
    return _element(kind, inside)


def _element(name: str, inside: Iterable[bytes]) -> bytes:
    return b"".join([_token(name), *inside, _token(f"/{name}")])


def _token(name: str) -> bytes:
    return f"<{name}> ".encode()


def _whole(value: int) -> bytes:
    return b"\4" + struct.pack("<i", value)


def _real(value: float) -> bytes:
    return b"\4" + struct.pack("<f", value)


def _whole_numbers(values: Iterable[int]) -> bytes:
    numbers = np.array(list(values), "<i4")
    return _whole(len(numbers)) + numbers.tobytes()


def _vector(values: Iterable[float]) -> bytes:
    numbers = np.array(list(values), "<f4")
    return b"FV " + _whole(len(numbers)) + numbers.tobytes()


def _matrix(rows: Numbers) -> bytes:
    numbers = np.ascontiguousarray(rows, "<f4")
    return b"FM " + _whole(numbers.shape[0]) + _whole(numbers.shape[1]) + numbers.tobytes()
