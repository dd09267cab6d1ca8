"""The command that is started through Python."""

import sys

from tracking import run_python

START = """
import sys
from importlib import metadata

class File:
    name = "codecarbon"
    def locate(self):
        return {!r}

metadata.files = lambda name: [File()]
sys.argv = ["x", "monitor", "--", "true"]
print("before")
from codecarbon.cli.main import {}
{}()
"""


def program(tmp_path, text):
    path = tmp_path / "codecarbon"
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)
    return str(path)


def test_the_native_program_takes_the_process_over(tmp_path):
    path = program(tmp_path, "import sys\nprint(sys.argv[1:])\nsys.exit(5)")
    for name in ("main", "codecarbon"):
        done = run_python(START.format(path, name, name))
        assert done.stdout == "before\n['monitor', '--', 'true']\n"
        assert (done.returncode, done.stderr) == (5, "")


def test_without_the_program_the_reason_is_said(tmp_path):
    done = run_python(START.format(str(tmp_path / "nowhere"), "main", "main"))
    assert done.returncode == 1
    assert "is not installed with this package" in done.stderr
