"""What an installation says of itself, and what it brings along."""

from importlib import metadata

import codecarbon

DISTRIBUTION = metadata.distribution("codecarbon-rs")


def test_nothing_is_required():
    assert DISTRIBUTION.requires is None
    assert DISTRIBUTION.metadata["Requires-Python"] == ">=3.10"


def test_licences_of_code_and_tables_come_along():
    assert DISTRIBUTION.metadata["License-Expression"].startswith("MIT AND ")
    assert sorted(DISTRIBUTION.metadata.get_all("License-File")) == ["LICENSE", "NOTICE"]
    texts = {path.name: path.read_text() for path in DISTRIBUTION.files if "licenses" in path.parts}
    assert "MIT" in texts["LICENSE"]
    assert "CC-BY-SA-4.0" in texts["NOTICE"]


def test_the_version_is_that_of_the_module():
    assert DISTRIBUTION.version == codecarbon.__version__


def test_pytest_finds_its_plugin():
    (plugin,) = DISTRIBUTION.entry_points.select(group="pytest11")
    assert plugin.value == "codecarbon.pytest_plugin"
