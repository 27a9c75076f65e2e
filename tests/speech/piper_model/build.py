"""Builds `tiny.onnx`: a model with the inputs and outputs of a piper voice, which hums.

``pip install onnx && python -m tests.speech.piper_model.build``.  A real voice has
60 MB; this one has what the library looks at: 512 samples for each phoneme, times the length scale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RATE = 16000


def build() -> None:
    from onnx import TensorProto, checker, helper, save

    def constant(name: str, value: float) -> Any:
        return helper.make_tensor(name, TensorProto.FLOAT, [], [value])

    nodes = [
        helper.make_node("Shape", ["input"], ["shape"]),
        helper.make_node("Gather", ["shape", "one"], ["phonemes"], axis=0),
        helper.make_node("Cast", ["phonemes"], ["many"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["scales", "one"], ["scale"], axis=0),
        helper.make_node("Mul", ["many", "samples"], ["usual"]),
        helper.make_node("Mul", ["usual", "scale"], ["length"]),
        helper.make_node("Range", ["zero", "length", "step"], ["moments"]),
        helper.make_node("Sin", ["moments"], ["hum"]),
        helper.make_node("Unsqueeze", ["hum", "axes"], ["output"]),
    ]
    given = [
        constant("samples", 512.0),
        constant("zero", 0.0),
        constant("step", 0.25),  # radians: a tone of 637 Hz, and four samples for one
        helper.make_tensor("one", TensorProto.INT64, [], [1]),
        helper.make_tensor("axes", TensorProto.INT64, [2], [0, 1]),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, "samples"])
    graph = helper.make_graph(nodes, "hum", inputs, [output], given)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    save(model, HERE / "tiny.onnx")
    config = {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": "en-us"},
        "num_symbols": 256,
        "num_speakers": 1,
        "phoneme_id_map": {},  # the library's own
    }
    (HERE / "tiny.onnx.json").write_text(json.dumps(config, indent=1) + "\n")


if __name__ == "__main__":
    build()
