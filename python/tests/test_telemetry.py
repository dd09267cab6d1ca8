"""What is told to the makers of the server: nothing unless the user says so, and no waiting."""

import pytest

from codecarbon import OfflineEmissionsTracker
from codecarbon.core.telemetry_schemas import TelemetryCreate


def run(monkeypatch, url, level=None, **arguments):
    monkeypatch.setenv("CODECARBON_API_ENDPOINT", url)
    if level is not None:
        monkeypatch.setenv("CODECARBON_TELEMETRY", level)
    arguments = {"country_iso_code": "FRA", "output_methods": [], **arguments}
    tracker = OfflineEmissionsTracker(**arguments)
    tracker.start()
    return tracker.stop()


def test_nothing_is_told_unless_the_user_says_so(receiver, monkeypatch):
    assert run(monkeypatch, receiver.url) > 0
    assert run(monkeypatch, receiver.url, "disabled") > 0
    assert receiver.requests == []


@pytest.mark.parametrize("level", ["minimal", "extensive"])
def test_one_message_is_told_at_the_end_that_the_server_takes(receiver, monkeypatch, level):
    assert run(monkeypatch, receiver.url, level) > 0
    (request,) = receiver.of("POST /telemetry")
    message = TelemetryCreate(**request.json)
    assert message.telemetry_level == level
    assert message.country_iso_code == "FRA"
    assert message.python_implementation == "CPython"
    assert (message.energy_consumed_kwh is None) == (level == "minimal")


def test_a_server_that_refuses_or_is_dead_is_a_line_of_debugging(receiver, monkeypatch, capsys):
    receiver.answers["POST /telemetry"] = (422, {"detail": "no"})
    run(monkeypatch, receiver.url, "minimal", log_level="info")
    run(monkeypatch, "http://127.0.0.1:9", "minimal", log_level="info")
    assert "elemetry" not in capsys.readouterr().err
    run(monkeypatch, receiver.url, "minimal", log_level="debug")
    assert "Telemetry: the server answered 422" in capsys.readouterr().err
