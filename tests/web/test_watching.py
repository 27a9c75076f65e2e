"""The dashboard and the alerts speak of metrics that there are, in a language Prometheus knows."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ivr.engine.measures import MEASURES
from ivr.web.metrics import Metrics

from .fakes import FakeFleet

FOLDER = Path(__file__).parents[2] / "operations"


@pytest.fixture
def text() -> str:
    """The metrics of a fleet in which everything has happened once."""
    metrics = Metrics(FakeFleet(), lambda: True, "1.2.3")
    for measure in MEASURES:
        metrics.add({measure.name: [(measure.labels, [1.0] * measure.width)]})
    metrics.self_calls.saw("success", 0.3)
    return metrics.text().decode()


def of_dashboard() -> Iterator[str]:
    for panel in json.loads((FOLDER / "grafana.json").read_text())["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))


def of_alerts() -> Iterator[str]:
    (group,) = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    yield from (rule["expr"] for rule in group["rules"])


@pytest.mark.parametrize("expression", [*of_dashboard(), *of_alerts()])
def test_every_metric_and_label_exists(expression: str, text: str) -> None:
    for name, matchers in re.findall(r"\b(ivr_\w+)(?:{(.*?)})?", expression):
        samples = re.findall(rf"^{name}(?:{{(.*)}})? ", text, re.MULTILINE)
        assert samples, f"no metric {name}"
        labels = {*re.findall(r"(\w+)=", samples[0]), "instance"}  # that one is Prometheus's own
        by = re.search(r" by \((.*?)\)", expression)
        used = {*re.findall(r"(\w+)[=~!]+\"", matchers), *(by[1].split(", ") if by else ())}
        assert used <= labels


def test_every_metric_is_shown(text: str) -> None:
    shown = " ".join(of_dashboard())
    names = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    assert {name for name in names if name not in shown} == set()


def test_panels_are_told_apart_and_do_not_overlap() -> None:
    panels = json.loads((FOLDER / "grafana.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [
        (column, line)
        for place in (panel["gridPos"] for panel in panels)
        for column in range(place["x"], place["x"] + place["w"])
        for line in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(taken)) == len(taken) and max(taken)[0] < 24


def promtool(*arguments: str, cwd: Path = FOLDER, input: str = "") -> str:
    done = subprocess.run(
        ["promtool", *arguments], cwd=cwd, input=input, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.line
def test_prometheus_reads_the_files() -> None:
    promtool("check", "rules", "alerts.yml")
    promtool("check", "config", "prometheus.yml")


@pytest.mark.line
def test_alerts_ring_when_they_should_and_only_then() -> None:
    promtool("test", "rules", "alerts.test.yml")


@pytest.mark.line
def test_prometheus_reads_the_metrics_and_finds_nothing_to_improve(text: str) -> None:
    assert promtool("check", "metrics", input=text) == ""


@pytest.mark.line
def test_prometheus_understands_the_dashboard(tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "5m")}
        for number, expression in enumerate(of_dashboard())
    ]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", file.name, cwd=tmp_path)
