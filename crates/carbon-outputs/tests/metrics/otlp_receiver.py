"""A receiver of OTLP metrics, by gRPC and by HTTP: the official message definitions and gRPC's own
server. The first line of output has the ports; then each request is a line of JSON. Answers are what
the header ``x-answer`` asks for. With arguments ``CERTIFICATE KEY`` gRPC is encrypted."""

import gzip
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as messages
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2_grpc as services

lock = threading.Lock()


def tell(via, headers, request):
    line = {"via": via, "headers": headers, "request": MessageToDict(request)}
    with lock:
        print(json.dumps(line), flush=True)


def response(answer):
    message = messages.ExportMetricsServiceResponse()
    if answer == "partial":
        message.partial_success.rejected_data_points = 3
        message.partial_success.error_message = "too old"
    return message


class Metrics(services.MetricsServiceServicer):
    def Export(self, request, context):
        headers = dict(context.invocation_metadata())
        tell("grpc", headers, request)
        answer = headers.get("x-answer", "")
        if answer == "slow":
            time.sleep(20)
        if answer.isupper():
            context.abort(grpc.StatusCode[answer], "no such luck: 100 %, said é")
        return response(answer)


class Http(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        request = messages.ExportMetricsServiceRequest.FromString(body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        tell("http", headers | {"path": self.path}, request)
        content = response(headers.get("x-answer")).SerializeToString()
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


server = grpc.server(ThreadPoolExecutor(4), compression=grpc.Compression.Gzip)
services.add_MetricsServiceServicer_to_server(Metrics(), server)
if len(sys.argv) > 2:
    certificate, key = (open(path, "rb").read() for path in sys.argv[1:3])
    credentials = grpc.ssl_server_credentials([(key, certificate)])
    grpc_port = server.add_secure_port("127.0.0.1:0", credentials)
else:
    grpc_port = server.add_insecure_port("127.0.0.1:0")
server.start()
http = ThreadingHTTPServer(("127.0.0.1", 0), Http)
print(json.dumps({"grpc": grpc_port, "http": http.server_port}), flush=True)
http.serve_forever()
