"""The examples of docs/python.md, run as they stand."""

from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def examples():
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading = section.partition("\n")[0]
        for number, block in enumerate(section.split("```python\n")[1:], 1):
            yield pytest.param(block.split("```")[0], id=f"{heading} {number}")


@pytest.mark.usefixtures("clean_place", "machine")
@pytest.mark.parametrize("example", list(examples()))
def test_the_example_runs(example, monkeypatch, capsys):
    monkeypatch.setenv("CODECARBON_OFFLINE", "true")
    monkeypatch.setenv("CODECARBON_LOG_LEVEL", "critical")
    exec(compile(example, PAGE.name, "exec"), {"__name__": "example"})
    assert "None" not in capsys.readouterr().out
