"""Outputs that send: an endpoint, the API, Prometheus; and BoAmps reports."""

import json
import logging
import os
import time

from codecarbon import OfflineEmissionsTracker
from codecarbon.output import BoAmpsOutput, CodeCarbonAPIOutput, HTTPOutput, PrometheusOutput
from harness import QUIET, attempt, lines, receiver, record, records


def _run(**parameters):
    tracker = OfflineEmissionsTracker(**{**QUIET, **parameters})
    tracker.start()
    time.sleep(0.06)
    tracker.stop()
    return tracker


# -- HTTP ---------------------------------------------------------------------------------------


def http_output():
    with receiver() as (url, kept):
        HTTPOutput(f"{url}/records").out(record(), record())
    (request,) = kept
    payload = json.loads(request["body"])
    user = payload.pop("user", None)
    return {
        "line": request["line"],
        "type": request["headers"]["content-type"],
        "payload": payload,
        "user": user is not None,
    }


def http_output_answers():
    heard_of = {}
    logging.getLogger("codecarbon").setLevel("INFO")
    for status in (200, 201, 400, 500):
        with receiver({"POST /": (status, {})}) as (url, _), lines() as heard:
            answer = attempt(HTTPOutput(f"{url}/").out, record(), None)
        heard_of[status] = [answer, [level for level, _ in heard]]
    return heard_of


def http_output_without_a_server():
    logging.getLogger("codecarbon").setLevel("INFO")
    with lines() as heard:
        answer = HTTPOutput("http://127.0.0.1:9/").out(record(), None)
    return [answer, [level for level, _ in heard]]


# -- the API ------------------------------------------------------------------------------------


def _api(url, **changes):
    conf = {
        "os": "Linux", "python_version": "3.11.7", "codecarbon_version": "1", "cpu_count": 8,
        "cpu_model": "AMD EPYC 9654", "gpu_count": 2, "gpu_model": "2 x NVIDIA H100",
        "longitude": 2.35222, "latitude": 48.85661, "region": None, "provider": None,
        "ram_total_size": 16.0, "tracking_mode": "machine",
    }  # fmt: skip
    return CodeCarbonAPIOutput(
        endpoint_url=url, experiment_id="exp", api_key="key", conf=conf | changes
    )


def _sent(kept):
    """Requests without what is another each time, and without names that only one package sends and
    servers that do not know them pass over: the id of a row or run, its exact duration."""
    answers = []
    for request in kept:
        body = json.loads(request["body"])
        for name in ("timestamp", "id", "duration_s"):
            body.pop(name, None)
        answers.append([request["line"], request["headers"].get("x-api-token"), body])
    return answers


def api_output():
    with receiver({"POST /runs": (201, {"id": "run-of-the-server"})}) as (url, kept):
        output = _api(url)
        output.out(record(), record(duration=3.0))
        output.live_out(record(), record(duration=2.0))
        output.exit()
        output.exit()
    return {"sent": _sent(kept), "run_id": output.run_id}


def api_output_of_short_records():
    with receiver({"POST /runs": (201, {"id": "r"})}) as (url, kept):
        output = _api(url)
        for duration in (0.4, 0.4, 0.4):
            output.out(record(), record(duration=duration))
        output.exit()
    return [line for line, _, _ in _sent(kept)]


def api_output_without_a_server():
    logging.getLogger("codecarbon").setLevel("INFO")
    with lines() as heard:
        output = _api("http://127.0.0.1:9")
        answer = attempt(output.out, record(), record())
        output.exit()
    return [answer, any(level in ("ERROR", "WARNING") for level, _ in heard)]


def api_output_of_a_tracker():
    with receiver({"POST /runs": (201, {"id": "server-run"})}) as (url, kept):
        tracker = OfflineEmissionsTracker(
            **QUIET | {"output_methods": ["api"]},
            api_endpoint=url,
            api_key="key",
            experiment_id="exp",
        )
        tracker.start()
        time.sleep(1.1)
        tracker.stop()
    sent = _sent(kept)
    return {
        "lines": [line for line, _, _ in sent],
        "tokens": [token for _, token, _ in sent],
        "run": sorted(sent[0][2]),
        "emission": sorted(sent[1][2]),
        "of_the_run": sent[1][2]["run_id"],
        "experiment": sent[0][2]["experiment_id"],
    }


def run_id_with_the_api():
    with receiver({"POST /runs": (201, {"id": "server-run"})}) as (url, _):
        tracker = OfflineEmissionsTracker(
            **QUIET | {"output_methods": ["csv", "api"]}, api_endpoint=url, experiment_id="exp"
        )
        tracker.start()
        tracker.stop()
    return records()[0]["run_id"] != "None"


# -- Prometheus ---------------------------------------------------------------------------------


_SERIES = {
    "codecarbon_duration", "codecarbon_emissions", "codecarbon_emissions_rate",
    "codecarbon_cpu_power", "codecarbon_gpu_power", "codecarbon_ram_power",
    "codecarbon_cpu_energy", "codecarbon_gpu_energy", "codecarbon_ram_energy",
    "codecarbon_energy_consumed", "codecarbon_energy_total", "codecarbon_energy_created",
}  # fmt: skip
"""The names that both packages have; others are additions."""


def _metrics(body):
    """Names of series with their kinds, and those that have a help text."""
    about = [line.split(" ", 3) for line in body.splitlines() if line.startswith("# ")]
    about = [words for words in about if words[2] in _SERIES]
    kinds = sorted(" ".join(words) for words in about if words[1] == "TYPE")
    return [kinds, sorted(words[2] for words in about if words[1] == "HELP")]


def _values(body):
    found = {}
    for line in body.splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            found[name.split("{")[0]] = float(value)
    names = sorted(_SERIES.intersection(found) - {"codecarbon_energy_created"})
    return {name: found[name] for name in names}


def _lines(kept):
    """Which requests came; a run's id is its own."""
    return sorted({request["line"].split("/run_id/")[0] for request in kept})


def prometheus_output():
    with receiver() as (url, kept):
        output = PrometheusOutput(url.removeprefix("http://"), job_name="mine")
        output.out(record(), record())
        output.exit()
    put = kept[0]
    return {
        "lines": _lines(kept),
        "type": put["headers"]["content-type"].split(";")[0],
        "metrics": _metrics(put["body"]),
        "values": _values(put["body"]),
    }


def prometheus_labels():
    with receiver() as (url, kept):
        output = PrometheusOutput(url.removeprefix("http://"), job_name="labels")
        output.out(record(), record())
        output.exit()
    line = next(x for x in kept[0]["body"].splitlines() if x.startswith("codecarbon_emissions{"))
    labels = line[line.index("{") + 1 : line.rindex("}")]
    pairs = dict(part.split("=", 1) for part in labels.replace('",', '"\n').split("\n"))
    return {"names": sorted(pairs), "filled": sorted(k for k, v in pairs.items() if v != '""')}


def prometheus_with_credentials():
    os.environ["PROMETHEUS_USERNAME"], os.environ["PROMETHEUS_PASSWORD"] = "user", "secret"
    try:
        with receiver() as (url, kept):
            output = PrometheusOutput(url.removeprefix("http://"), job_name="auth")
            output.out(record(), record())
            output.exit()
    finally:
        del os.environ["PROMETHEUS_USERNAME"], os.environ["PROMETHEUS_PASSWORD"]
    return [kept[n]["headers"].get("authorization") for n in (0, -1)]


def prometheus_of_a_tracker():
    with receiver() as (url, kept):
        _run(
            output_methods=["prometheus"],
            prometheus_url=url.removeprefix("http://"),
            project_name="my project/é",
            experiment_name="a b",
        )
    return _lines(kept)


def prometheus_without_a_server():
    logging.getLogger("codecarbon").setLevel("INFO")
    with lines() as heard:
        output = PrometheusOutput("127.0.0.1:9", job_name="x")
        answer = attempt(output.out, record(), record())
        output.exit()
    return [answer, any(level in ("ERROR", "WARNING") for level, _ in heard)]


# -- BoAmps -------------------------------------------------------------------------------------


_TASK = {
    "taskStage": "training",
    "taskFamily": "text classification",
    "algorithms": [{"algorithmType": "llm", "parametersNumber": 7}],
    "dataset": [{"dataUsage": "input", "dataType": "text"}],
}


def boamps_report():
    output = BoAmpsOutput.from_dict({"task": _TASK, "quality": "high"}, output_dir="reports")
    output.out(record(cpu_utilization_percent=12.3456, gpu_utilization_percent=50.0), None)
    with open("reports/boamps_report_run-1.json", encoding="utf-8") as file:
        text = file.read()
    report = json.loads(text)
    parts = report["infrastructure"].pop("components")
    return {
        "report": report,
        "components": sorted(parts, key=lambda part: part["componentType"]),
        "indent": text.splitlines()[1].startswith('  "'),
    }


def boamps_without_a_task():
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        BoAmpsOutput(output_dir=".")
    return [warning.category.__name__ for warning in caught]


def boamps_of_a_tracker():
    context = {"boamps": {"task": _TASK, "header": {"reportStatus": "draft"}}}
    with open("metadata.json", "w") as file:
        json.dump(context, file)
    tracker = _run(output_methods=["boamps"], metadata=context)
    other = _run(output_methods=["boamps"], metadata="metadata.json")
    reports = []
    for run in (tracker, other):
        with open(f"boamps_report_{run.run_id}.json", encoding="utf-8") as file:
            reports.append(json.load(file))
    return [
        [sorted(r), r["header"]["reportStatus"], r["task"]["taskStage"], sorted(r["header"])]
        for r in reports
    ]


def boamps_overrides():
    output = BoAmpsOutput.from_dict(
        {
            "task": _TASK,
            "header": {"licensing": "CC-BY", "publisher": {"name": "me"}},
            "infrastructure": {
                "cloudInstance": "a2-highgpu",
                "components": [{"componentType": "gpu", "manufacturer": "NVIDIA"}],
            },
            "environment": {"powerSource": "hydro"},
        },
        output_dir=".",
    )
    output.out(record(), None)
    with open("boamps_report_run-1.json", encoding="utf-8") as file:
        report = json.load(file)
    gpu = next(p for p in report["infrastructure"]["components"] if p["componentType"] == "gpu")
    return {
        "publisher": report["header"].get("publisher"),
        "licensing": report["header"].get("licensing"),
        "gpu": gpu,
        "instance": report["infrastructure"].get("cloudInstance"),
        "environment": report["environment"],
    }


def boamps_from_a_file():
    with open("context.json", "w") as file:
        json.dump({"task": _TASK}, file)
    with open("broken.json", "w") as file:
        file.write("{")
    return [
        type(BoAmpsOutput.from_file("context.json", output_dir=".")).__name__,
        attempt(BoAmpsOutput.from_file, "nowhere.json", output_dir="."),
        attempt(BoAmpsOutput.from_file, "broken.json", output_dir="."),
    ]
