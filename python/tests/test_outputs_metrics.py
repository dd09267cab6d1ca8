"""Outputs for systems that collect metrics: a push gateway, an endpoint, a collector of OTLP."""

import os
import re
import socket
import time
import urllib.request

import pytest
from tracking import FRANCE, run_python

from codecarbon import OfflineEmissionsTracker
from codecarbon.output import OtlpOutput, PrometheusEndpoint, PrometheusOutput

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in list(os.environ):
        if name.startswith(("OTEL_", "PROMETHEUS_", "LOGFIRE_")):
            monkeypatch.delenv(name)


def metrics(text):
    """Labels and values by name; of several with one name the first."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = {}
    for line in lines:
        name, labels, value = re.fullmatch(r"(\w+)({.*}) (\S+)", line).groups()
        found.setdefault(name, (labels, float(value)))
    return found


def until(condition, seconds=20.0):
    """Wait until something is true, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.005)
    raise AssertionError("waited in vain")


# A push gateway.


def test_a_run_is_pushed_with_all_labels_as_a_group_and_stays(receiver, record, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_USERNAME", "u")
    monkeypatch.setenv("PROMETHEUS_PASSWORD", "p")
    output = PrometheusOutput(receiver.url.removeprefix("http://"), job_name="a job")
    total = record(project_name='say "hi"\\\n', cloud_region=None, energy_consumed=0.75)
    output.live_out(total, record(duration=3.0))
    until(lambda: receiver.requests)
    output.out(total, record(duration=2.0, energy_consumed=0.5))
    output.exit()
    assert {f"{r.method} {r.path}" for r in receiver.requests} == {
        "PUT /metrics/job/a%20job/run_id/run-1"
    }
    assert {r.headers["Authorization"] for r in receiver.requests} == {"Basic dTpw"}
    first, last = (metrics(receiver.requests[n].body) for n in (0, -1))
    assert first["codecarbon_duration"][1] == 3.0
    assert last["codecarbon_duration"][1] == 2.0
    assert last["codecarbon_energy_consumed"][1] == 0.5
    assert last["codecarbon_energy_total"][1] == 0.75
    assert last["codecarbon_energy_joules_total"][1] == 0.1 * 3.6e6
    assert (first["codecarbon_run_active"][1], last["codecarbon_run_active"][1]) == (1.0, 0.0)
    labels = first["codecarbon_cpu_power"][0]
    assert r'project_name="say \"hi\"\\\n"' in labels
    assert 'country_iso_code="FRA"' in labels
    assert 'ram_total_size="16.0"' in labels
    assert labels.count('="') == 15


def test_a_group_is_deleted_when_asked_with_credentials(receiver, record, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_USERNAME", "u")
    monkeypatch.setenv("PROMETHEUS_PASSWORD", "p")
    output = PrometheusOutput(receiver.url, "with/slash", delete_at_exit=True)
    output.out(record(), record())
    until(lambda: receiver.requests)
    output.exit()
    path = "/metrics/job@base64/d2l0aC9zbGFzaA==/run_id/run-1"
    assert [f"{r.method} {r.path}" for r in receiver.requests] == [f"PUT {path}", f"DELETE {path}"]
    assert receiver.requests[1].headers["Authorization"] == "Basic dTpw"


def test_intervals_without_a_total_are_added_up_and_never_go_down(receiver, record):
    one, two = PrometheusOutput(receiver.url), PrometheusOutput(receiver.url, "two")
    one.out(None, record(energy_consumed=1.0))
    one.add_emission(record(energy_consumed=-0.5).values)
    one.add_emission(record(energy_consumed=0.5).values)
    two.out(None, record(energy_consumed=0.25))
    one.exit()
    two.exit()
    totals = {r.path: metrics(r.body)["codecarbon_energy_total"][1] for r in receiver.requests}
    assert list(sorted(totals.values())) == [0.25, 1.5]


def test_what_was_handed_over_arrives_even_if_nobody_ends_the_output(receiver, record):
    PrometheusOutput(receiver.url).out(record(), record())
    until(lambda: receiver.requests)


def test_faults_of_the_gateway_are_logged_once_and_cost_no_time(receiver, record, capsys):
    receiver.answers["PUT /metrics/job/codecarbon/run_id/run-1"] = (400, b"bad metrics")
    begun = time.monotonic()
    for url in (receiver.url, NOWHERE):
        output = PrometheusOutput(url)
        output.out(record(), record())
        output.exit()
    PrometheusOutput(NOWHERE, ca_bundle="/no/such/file").out(record(), record())
    assert time.monotonic() - begun < 10
    said = capsys.readouterr().err
    assert said.count("HTTP 400: bad metrics") == 1
    assert said.count("cannot be reached") == 1
    assert said.count("/no/such/file") == 1


def test_a_tracker_pushes_its_run_and_the_next_one_too(receiver, clean_place, machine):
    tracker = OfflineEmissionsTracker(
        country_iso_code="FRA", log_level="error", output_methods=["prometheus"],
        prometheus_url=receiver.url, project_name="my project",
    )  # fmt: skip
    paths = []
    for joules in (3.6, 7.2):
        tracker.start()
        machine.add("package", joules)
        tracker.stop()
        last = receiver.requests[-1]
        assert metrics(last.body)["codecarbon_energy_joules_total"][1] == pytest.approx(joules)
        paths.append(last.path)
        assert last.path == f"/metrics/job/my_project_base/run_id/{tracker.run_id}"
    assert paths[0] != paths[1]


# An endpoint.


def scrape(address, accept="*/*"):
    request = urllib.request.Request(f"http://{address}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def free_address():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def listening(clean_place, machine, monkeypatch):
    address = free_address()
    monkeypatch.setenv("CODECARBON_PROMETHEUS_LISTEN", address)
    monkeypatch.setenv("CODECARBON_SAMPLING_INTERVAL_S", "0.02")
    return address


def test_a_scrape_sees_runs_of_that_moment_and_their_ends(listening, machine):
    one, two = OfflineEmissionsTracker(**FRANCE), OfflineEmissionsTracker(**FRANCE)
    one.start()
    two.start()
    machine.add("package", 5.0)

    def joules(tracker):
        lines = scrape(listening).splitlines()
        start = f'codecarbon_energy_joules_total{{run_id="{tracker.run_id}"'
        (line,) = [n for n in lines if n.startswith(start) and 'component="cpu"' in n]
        return float(line.split()[-1])

    until(lambda: joules(one) == pytest.approx(5.0) and joules(two) == pytest.approx(5.0))
    machine.add("package", 2.0)
    one.stop()
    assert joules(one) == pytest.approx(7.0)
    ended = f'codecarbon_run_active{{run_id="{one.run_id}",project_name="codecarbon"}} 0.0'
    assert ended in scrape(listening)
    assert scrape(listening, "application/openmetrics-text").endswith("# EOF\n")
    two.stop()


def test_an_address_that_is_taken_is_a_warning_and_the_run_goes_on(listening, machine, capsys):
    host, port = listening.split(":")
    with socket.create_server((host, int(port))):
        tracker = OfflineEmissionsTracker(**FRANCE | {"log_level": "warning"})
        tracker.start()
        machine.add("package", 3.6)
        assert tracker.stop() is not None
    said = capsys.readouterr().err
    assert said.count(f"{listening} is in use by another program") == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_leaves_the_address_to_its_parent(listening, machine):
    tracker = OfflineEmissionsTracker(**FRANCE)
    tracker.start()
    assert tracker.run_id in scrape(listening)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        # Lives until the parent has seen that it holds nothing.
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    os.close(reader)
    host, port = listening.split(":")
    held = [n for n in os.listdir(f"/proc/{child}/fd") if _inode(child, n) in _listeners(int(port))]
    os.close(writer)
    os.waitpid(child, 0)
    assert held == []
    assert tracker.run_id in scrape(listening)
    tracker.stop()


def _inode(pid, descriptor):
    try:
        return os.readlink(f"/proc/{pid}/fd/{descriptor}").strip("socket:[]")
    except OSError:
        return ""


def _listeners(port):
    with open("/proc/net/tcp") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return {row[9] for row in rows if int(row[1].split(":")[1], 16) == port and row[3] == "0A"}


def test_a_process_with_an_endpoint_ends_as_it_would_without(clean_place, machine):
    program = """
        import threading, urllib.request
        from codecarbon import OfflineEmissionsTracker
        tracker = OfflineEmissionsTracker(
            country_iso_code="FRA", log_level="error", output_methods=[]
        )
        tracker.start()
        (handler,) = tracker._own_handlers
        address = handler._sink.address
        text = urllib.request.urlopen(f"http://{address}/metrics").read().decode()
        print(tracker.run_id in text)
    """
    done = run_python(program, CODECARBON_PROMETHEUS_LISTEN="127.0.0.1:0")
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


def test_an_endpoint_can_be_used_by_hand(record):
    endpoint = PrometheusEndpoint("127.0.0.1:0")
    endpoint.out(record(), record())
    assert 'run_id="run-1"' in scrape(endpoint._sink.address)
    endpoint.exit()


# A collector of OTLP.


def test_a_run_is_exported_with_headers(receiver, record):
    output = OtlpOutput(receiver.url, headers="x-team=green")
    output.out(record(), record())
    output.exit()
    (request,) = receiver.requests
    assert (request.method, request.path) == ("POST", "/v1/metrics")
    assert request.headers["Content-Type"] == "application/x-protobuf"
    assert request.headers["x-team"] == "green"
    assert "hw.energy" in request.body
    assert "run-1" in request.body


def test_a_tracker_exports_by_the_variables_of_opentelemetry(
    receiver, clean_place, machine, monkeypatch
):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "trainer")
    settings = FRANCE | {"log_level": "error", "output_methods": ["otlp"]}
    with OfflineEmissionsTracker(**settings) as tracker:
        machine.add("package", 3.6)
    body = receiver.of("POST /v1/metrics")[-1].body
    assert tracker.run_id in body
    assert "trainer" in body


def test_faults_of_a_collector_are_logged_without_the_headers(receiver, record, capsys):
    receiver.answers["POST /v1/metrics"] = (401, b"who?")
    output = OtlpOutput(receiver.url, headers="authorization=hidden")
    output.out(record(), record())
    output.exit()
    for wrong in (OtlpOutput(protocol="grpc"), OtlpOutput(headers="hidden"), OtlpOutput("ftp://x")):
        wrong.out(record(), record())
        wrong.out(record(), record())
        wrong.exit()
    said = capsys.readouterr().err
    assert said.count("HTTP 401: who?") == 1
    assert said.count("speaks no gRPC; set otlp_protocol to http") == 1
    assert said.count("item 1 of otlp_headers") == 1
    assert said.count("otlp_endpoint is no address") == 1
    assert "hidden" not in said
