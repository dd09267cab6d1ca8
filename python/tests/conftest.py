"""Fixtures that several test files use."""

import json
import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fake_gpus import gpus  # noqa: F401
from place import clean_place, machine  # noqa: F401


class Receiver:
    """A local HTTP server that keeps what it is sent and answers what a test wants.

    ``answers`` maps "METHOD /path" to (status, body); anything else is answered by 201 for POST and
    PUT, 202 for DELETE, 200 for GET, with an empty JSON object.
    """

    def __init__(self):
        self.requests = []
        self.connections = 0
        self.answers = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                receiver.connections += 1

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode(errors="surrogateescape")
                receiver.requests.append(Request(self.command, self.path, self.headers, body))
                usual = {"GET": 200, "PATCH": 200, "DELETE": 202}.get(self.command, 201)
                key = f"{self.command} {self.path.split('?')[0]}"
                status, answer = receiver.answers.get(key, (usual, {}))
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def of(self, what):
        """The requests "METHOD /path" that came, in order."""
        return [r for r in self.requests if f"{r.method} {r.path.split('?')[0]}" == what]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body

    @property
    def json(self):
        return json.loads(self.body)


@pytest.fixture(autouse=True)
def plain_logger():
    """The logger as a program finds it; trackers of earlier tests have set its level and prefix."""
    from codecarbon.external.logger import set_logger_format, set_logger_level

    set_logger_level("info")
    set_logger_format("")


@pytest.fixture
def receiver():
    """A local HTTP server, see :class:`Receiver`."""
    server = Receiver()
    yield server
    server.close()


@pytest.fixture
def record():
    """Makes an :class:`EmissionsData` of a plausible run, with changes."""
    from codecarbon.output_methods.emissions_data import EmissionsData

    def make(**changes):
        values = {
            "timestamp": "2026-11-22T10:00:00", "project_name": "p", "run_id": "run-1",
            "experiment_id": "e", "duration": 10.0, "emissions": 0.5, "emissions_rate": 0.05,
            "cpu_power": 30.0, "gpu_power": 200.0, "ram_power": 3.0, "cpu_energy": 0.1,
            "gpu_energy": 0.2, "ram_energy": 0.3, "energy_consumed": 0.6, "water_consumed": 0.0,
            "country_name": "France", "country_iso_code": "FRA", "region": None,
            "cloud_provider": "", "cloud_region": "", "os": "Linux", "python_version": "3.11.7",
            "codecarbon_version": "1", "cpu_count": 8, "cpu_model": "AMD EPYC 9654",
            "gpu_count": 2, "gpu_model": "2 x NVIDIA H100", "longitude": 2.35222,
            "latitude": 48.85661, "ram_total_size": 16.0, "tracking_mode": "machine",
        }  # fmt: skip
        return EmissionsData(**(values | changes))

    return make


@pytest.fixture(autouse=True)
def fresh_log():
    """Level and preamble of the logger as a program finds them, whatever the test sets."""
    yield
    from codecarbon.external import logger

    logger._level = None
    logger.set_logger_format("")
    if "logging" in sys.modules:
        logging.getLogger("codecarbon").setLevel(logging.NOTSET)
