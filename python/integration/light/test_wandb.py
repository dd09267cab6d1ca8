"""Weights & Biases as an output, without its server."""


def test_records_become_the_summary_of_the_run(example, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "offline")
    names = example("Weights & Biases", train=lambda: sum(range(3_000_000)))
    assert names["summary"]["emissions_kg"] == names["tracker"].final_emissions > 0
    assert names["summary"]["energy_kwh"] > 0
