"""A notebook that is executed by a real kernel."""

import nbformat
from nbclient import NotebookClient


def executed(*cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return ["".join(o.get("text", "") for o in cell["outputs"]) for cell in notebook.cells]


def test_the_cell_magic_measures_a_cell(rows):
    texts = executed(
        "%load_ext codecarbon",
        "%%codecarbon project_name=cell\nx = sum(range(1_000_000))",
        "print(x)",
    )
    assert "g CO2eq in" in texts[1]
    assert texts[2].strip() == "499999500000"
    (row,) = rows()
    assert row["project_name"] == "cell"


def test_a_cell_that_raises_is_measured_all_the_same(rows):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("%load_ext codecarbon"),
            nbformat.v4.new_code_cell("%%codecarbon\nsum(range(1_000_000))\n1 / 0"),
        ]
    )
    NotebookClient(notebook, timeout=120, allow_errors=True).execute()
    assert "ZeroDivisionError" in str(notebook.cells[1]["outputs"])
    assert len(rows()) == 1


def test_a_run_may_span_cells(rows):
    texts = executed(
        "from codecarbon import EmissionsTracker\ntracker = EmissionsTracker()\ntracker.start()",
        "sum(range(1_000_000))",
        "print(tracker.stop() > 0)",
    )
    assert texts[2].strip() == "True"
    assert len(rows()) == 1
