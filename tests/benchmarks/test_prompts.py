"""The benchmark of prompts builds what it says."""

from pathlib import Path

from benchmarks.prompts import measure, texts


def test_its_texts_are_the_same_each_time() -> None:
    assert texts(20) == texts(20)
    assert len(set(texts(20).splitlines()) - set(texts(20, changed=1).splitlines())) == 1


def test_only_the_first_build_makes_all(tmp_path: Path) -> None:
    cold, cached, changed = measure(tmp_path, 4, 1)
    assert [each[2] for each in (cold, cached, changed)] == [7, 0, 1]
    assert cold[3] == cached[3] < changed[3]
