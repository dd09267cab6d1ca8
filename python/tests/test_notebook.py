"""The cell magic, on a stand-in for IPython's shell and on IPython where it is installed."""

import pytest

import codecarbon

pytestmark = pytest.mark.usefixtures("clean_place")


class Shell:
    def __init__(self):
        self.magics = {}
        self.namespace = {}

    def register_magic_function(self, function, magic_kind, magic_name):
        self.magics[magic_kind, magic_name] = function

    def run_cell(self, cell):
        exec(cell, self.namespace)


def test_a_cell_is_measured_and_summed_up(machine, tmp_path, capsys):
    shell = Shell()
    codecarbon.load_ipython_extension(shell)
    magic = shell.magics["cell", "codecarbon"]
    magic('country-iso-code=FRA project_name="my notebook" log_level=critical', "x = 1 + 1")
    assert shell.namespace["x"] == 2
    assert " g CO2eq in " in capsys.readouterr().out
    assert "my notebook" in (tmp_path / "emissions.csv").read_text()
    with pytest.raises(ValueError, match="name=value"):
        magic("FRA", "pass")


def test_ipython_loads_the_extension(machine, tmp_path, capsys):
    pytest.importorskip("IPython")
    from IPython.testing.globalipapp import start_ipython

    shell = start_ipython()
    shell.run_line_magic("load_ext", "codecarbon")
    shell.run_cell("%%codecarbon country_iso_code=FRA log_level=critical\ny = 2 + 2")
    assert shell.user_ns["y"] == 4
    assert " g CO2eq in " in capsys.readouterr().out
