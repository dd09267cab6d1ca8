"""MLflow as an output."""

import mlflow


def test_records_become_metrics_of_the_run(example, tmp_path, monkeypatch):
    # Files need nothing installed, and MLflow wants to hear that they are meant.
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow.set_tracking_uri(f"file://{tmp_path / 'mlruns'}")
    names = example("MLflow", train=lambda: sum(range(3_000_000)))
    metrics = mlflow.get_run(names["run"].info.run_id).data.metrics
    assert metrics["emissions_kg"] == names["tracker"].final_emissions > 0
    assert metrics["energy_kwh"] > 0
