"""What type checkers are told is what the runtime does."""

import ast
import inspect
import pathlib

import pytest

import codecarbon
from codecarbon import _native, _parameters, emissions_tracker

STUBS = pathlib.Path(codecarbon.__file__).parent
KINDS = {
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "args",
    inspect.Parameter.KEYWORD_ONLY: "kwonlyargs",
}


def stub(name):
    return ast.parse((STUBS / name).read_text()).body


def definitions(body):
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name: node for node in body if isinstance(node, kinds)}


def parameters_of_stub(function):
    names = {"args": [], "kwonlyargs": []}
    for kind, found in names.items():
        found.extend(argument.arg for argument in getattr(function.args, kind))
    if names["args"][:1] in (["self"], ["fn"]):
        del names["args"][0]
    return names


def parameters_of_runtime(signature):
    names = {"args": [], "kwonlyargs": []}
    for parameter in signature.parameters.values():
        if parameter.name != "fn":
            names[KINDS[parameter.kind]].append(parameter.name)
    return names


TRACKERS = definitions(stub("emissions_tracker.pyi"))


@pytest.mark.parametrize(
    ("cls", "stubbed"),
    [
        (emissions_tracker.EmissionsTracker, TRACKERS["BaseEmissionsTracker"]),
        (emissions_tracker.OfflineEmissionsTracker, TRACKERS["OfflineEmissionsTracker"]),
    ],
)
def test_constructors_take_what_the_stub_says(cls, stubbed):
    stubbed = parameters_of_stub(definitions(stubbed.body)["__init__"])
    assert stubbed == parameters_of_runtime(inspect.signature(cls))


def test_the_decorator_takes_what_the_stub_says():
    stubbed = parameters_of_stub(TRACKERS["track_emissions"])["args"]
    signature = inspect.signature(emissions_tracker.track_emissions)
    assert ["fn", *stubbed, "unknown"] == list(signature.parameters)
    every = [*_parameters.TRACKER, "offline", *_parameters.OFFLINE]
    assert sorted(stubbed) == sorted(every)
    emissions_tracker.track_emissions(**dict.fromkeys(stubbed))


@pytest.mark.parametrize("name", ["BaseEmissionsTracker", "TaskEmissionsTracker"])
def test_methods_are_those_of_the_stub(name):
    cls = getattr(emissions_tracker, name)
    stubbed = definitions(TRACKERS[name].body)
    for method, node in stubbed.items():
        if (method, name) == ("__init__", "BaseEmissionsTracker"):
            continue
        runtime = inspect.getattr_static(cls, method)
        if isinstance(runtime, property):
            continue
        names = [argument.arg for argument in node.args.args]
        assert names == list(inspect.signature(runtime).parameters), method
    attributes = {n.target.id for n in TRACKERS[name].body if isinstance(n, ast.AnnAssign)}
    public = {m for m in vars(cls) if not m.startswith("_")}
    assert public - attributes == {m for m in stubbed if not m.startswith("_")}


def test_every_public_name_has_a_stub():
    assert set(emissions_tracker.__all__) <= set(TRACKERS)


def test_the_native_module_is_what_its_stub_says():
    body = stub("_native.pyi")
    stubbed = definitions(body)
    names = set(stubbed) | {n.target.id for n in body if isinstance(n, ast.AnnAssign)}
    assert {n for n in dir(_native) if not n.startswith("__")} == names - {"__version__"}
    for name, node in stubbed.items():
        runtime = getattr(_native, name)
        if isinstance(node, ast.ClassDef):
            members = definitions(node.body)
            shown = {m for m in dir(runtime) if not m.startswith("_")}
            attributes = {n.target.id for n in node.body if isinstance(n, ast.AnnAssign)}
            assert shown == {m for m in members if not m.startswith("_")} | attributes, name
        else:
            parameters = [argument.arg for argument in node.args.args]
            assert parameters == list(inspect.signature(runtime).parameters), name


def test_everything_public_is_documented():
    for name in emissions_tracker.__all__:
        public = getattr(emissions_tracker, name)
        assert inspect.getdoc(public), name
        if isinstance(public, type):
            for method, value in vars(public).items():
                if not method.startswith("_") and callable(value):
                    assert inspect.getdoc(value), f"{name}.{method}"
    text = inspect.getdoc(emissions_tracker.EmissionsTracker)
    for name in _parameters.TRACKER:
        assert name in text, name
