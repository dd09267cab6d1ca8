"""A callback for Keras, here on torch."""

import os

import numpy


def test_epochs_are_tasks_of_the_run(example, rows, monkeypatch):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    x = numpy.arange(32.0).reshape(-1, 1) / 32
    names = example("Keras", model=model, x=x, y=2 * x)
    (row,) = rows()
    emissions_kg = names["history"].history["emissions_kg"]
    assert len(emissions_kg) == 2
    assert 0 < sum(emissions_kg) < float(row["emissions"])
