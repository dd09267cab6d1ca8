"""Configuration files, environment and GPU ids as the Python functions give them."""

import configparser

import pytest

from codecarbon.core import config


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(work)
    for name in list(config.os.environ):
        if name.lower().startswith("codecarbon_"):
            monkeypatch.delenv(name)
    return home, work


def write(directory, text):
    path = directory / config.CONFIG_FILE_NAME
    path.write_text(text)
    return str(path)


def test_later_sources_win_and_unknown_keys_are_kept(places, monkeypatch):
    of_home = write(places[0], "[codecarbon]\nproject_name = home\nexperiment_id=1\nmine: x\n")
    of_work = write(places[1], "[codecarbon]\nPROJECT_NAME = work\nexperiment_id=2\n")
    monkeypatch.setenv("CodeCarbon_experiment_ID", "3")
    values, sources = config.get_hierarchical_config_with_sources()
    assert values == {"project_name": "work", "experiment_id": "3", "mine": "x"}
    assert sources == {
        "project_name": of_work,
        "experiment_id": "CODECARBON_EXPERIMENT_ID",
        "mine": of_home,
    }
    assert config.get_hierarchical_config() == values


def test_no_file_and_no_variable_is_an_empty_configuration():
    assert config.get_hierarchical_config() == {}
    assert config.read_config_file("absent") == {}


def test_a_percent_sign_is_a_percent_sign(places, monkeypatch):
    path = write(places[1], "[codecarbon]\na = 50%\nb = 50%%\nc = %(a)s\n")
    assert config.read_config_file(path) == {"a": "50%", "b": "50%", "c": "%(a)s"}
    monkeypatch.setenv("CODECARBON_A", "5%")
    assert config.parse_env_config() == {"codecarbon": {"a": "5%"}}


@pytest.mark.parametrize("text", ["a = 1\n", "[codecarbon]\na = 1\na = 2\n"])
def test_what_is_no_configuration_raises(places, text):
    with pytest.raises(configparser.Error):
        config.read_config_file(write(places[1], text))


@pytest.mark.parametrize(
    ("name", "key"),
    [("CODECARBON_FOO_Bar", "foo_bar"), ("codecarbon_x", "x"), ("FOO", "foo")],
)
def test_keys_of_variables_are_lower_case_without_prefix(name, key):
    assert config.clean_env_key(name) == key


def test_a_variable_has_a_text_for_a_name():
    with pytest.raises(TypeError, match="3"):
        config.clean_env_key(3)


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        (None, None),
        ("", []),
        ([], []),
        ("0, 1,2", ["0", "1", "2"]),
        ("[0, 1, 2", ["0", "1", "2"]),
        ("MIG-f1e$%^", ["MIG-f1e"]),
        ([0, "MIG-f1e$%^", "1, 2", "GPU-abcd!"], [0, "MIG-f1e", "1", "2", "GPU-abcd"]),
        ((1, 2), [1, 2]),
    ],
)
def test_gpu_ids_become_a_list(given, normal):
    assert config.normalize_gpu_ids(given) == normal


@pytest.mark.parametrize(("given", "normal"), [(3, None), ([1.5, None, 2], [2])])
def test_other_gpu_ids_are_ignored_with_a_warning(given, normal, capsys):
    assert config.normalize_gpu_ids(given) == normal
    assert "gpu_ids" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "parsed"),
    [("0, 1,2", ["0", "1", "2"]), ([1, 2], ["1", "2"]), ([1, "2"], None), (3, None), (None, None)],
)
def test_the_older_function_gives_strings(given, parsed, capsys):
    assert config.parse_gpu_ids(given) == parsed
