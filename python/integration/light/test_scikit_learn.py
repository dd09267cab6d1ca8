"""scikit-learn in a decorated function, with processes of its own."""

import time

from sklearn.datasets import make_classification


def test_a_fit_in_a_decorator_is_a_run(example, rows):
    x, y = make_classification(n_samples=2000, random_state=1)
    names = example("scikit-learn", x=x, y=y)
    assert names["model"].score(x, y) > 0.9
    (row,) = rows()
    assert row["project_name"] == "forest"
    assert row["country_iso_code"] == "FRA"


def test_processes_of_joblib_are_billed_to_the_process():
    from joblib import Parallel, delayed

    from codecarbon import OfflineEmissionsTracker

    with OfflineEmissionsTracker(output_methods=[], tracking_mode="process") as tracker:
        mine_s = time.process_time()
        Parallel(n_jobs=2)(delayed(sum)(range(20_000_000)) for _ in range(4))
        mine_s = time.process_time() - mine_s
    assert tracker.report["process"]["tree_cpu_s"] > 2 * mine_s
