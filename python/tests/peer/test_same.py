"""Both packages answer alike, but for the deviations that are listed."""

import ast

import pytest
from comparison import _takes_as_much, differences
from deviations import PAGE, SEEN, page

CASES = PAGE.parents[1] / "python" / "tests" / "peer" / "cases"


def cases():
    """The cases by their names, without running anything."""
    for path in sorted(CASES.glob("*.py")):
        if path.stem != "harness":
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield f"{path.stem}.{node.name}"


@pytest.mark.parametrize("case", list(cases()))
def test_both_answer_alike_or_as_listed(case, answers):
    ours, stock = (answer[case] for answer in answers)
    listed = {place: pair for place, pair in SEEN.items() if f"{place}.".startswith(f"{case}.")}
    found = differences(case, stock, ours)
    assert found == listed, "CodeCarbon's answer first, ours second"


def test_every_listed_deviation_is_of_a_case():
    known = set(cases())
    assert [place for place in SEEN if ".".join(place.split(".")[:2]) not in known] == []


def test_the_page_has_the_tables_of_the_list():
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "run python/tests/peer/deviations.py"


def test_differences_are_found_where_they_are():
    assert differences("a.b", {"x": [1, {"y": 2}]}, {"x": [1, {"y": 2}]}) == {}
    assert differences("a.b", {"x": [1, {"y": 2}]}, {"x": [1, {"y": 3}]}) == {"a.b.x.1.y": (2, 3)}
    assert differences("a.b", {"x": 1}, "raises") == {
        "a.b.x": (1, "(nothing)"), "a.b": ("(nothing)", "raises"),
    }  # fmt: skip
    assert differences("a.b", True, 1) == {"a.b": (True, 1)}


def test_more_parameters_are_as_good_if_none_is_required():
    assert _takes_as_much(["self", "a", "b?"], ["self", "a", "b?", "c?"])
    assert _takes_as_much(["self", "total", "_"], ["self", "total", "delta?"])
    assert not _takes_as_much(["self", "a"], ["self", "a", "c"])
    assert not _takes_as_much(["self", "a", "b?"], ["self", "b?", "a"])
    assert not _takes_as_much(["self", "a?"], ["self", "a"])
    assert not _takes_as_much(["self", "a", "b"], ["self", "a"])
