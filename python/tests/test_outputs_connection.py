"""The kept connection under the HTTP outputs: reuse, proxies, forks, threads, slow servers."""

import os
import socket
import threading

import pytest

from codecarbon.core._http import Server, Unreachable, get_json, json_text


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_requests_share_a_connection_until_it_is_closed(receiver):
    server = Server(receiver.url, 5)
    for _ in range(3):
        assert server.request("GET", "/a").status == 200
    assert receiver.connections == 1
    server.close()
    assert server.request("GET", "/b?c=d").json() == {}
    assert receiver.connections == 2
    assert receiver.requests[-1].path == "/b?c=d"
    server.close()


def test_the_address_may_have_a_path_and_needs_no_scheme(receiver):
    server = Server(f"{receiver.url.removeprefix('http://')}/prefix/", 5)
    server.request("POST", "/x", b"{}")
    assert receiver.requests[0].path == "/prefix/x"
    server.close()


@pytest.mark.parametrize("url", ["", "ftp://host", "http://", "https:///path"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ValueError, match="HTTP server"):
        Server(url, 1)


def test_a_proxy_of_the_environment_is_used_and_may_be_bypassed(receiver, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", receiver.url)
    server = Server("http://example.invalid/api", 5)
    assert server.request("GET", "/x").status == 200
    assert receiver.requests[0].path == "http://example.invalid/api/x"
    server.close()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    get_json(f"{receiver.url}/direct", 5)
    assert receiver.requests[1].path == "/direct"
    with pytest.raises(Unreachable):
        get_json("http://example.invalid/", 5, use_proxy=False)


def test_secure_requests_go_through_a_tunnel_of_the_proxy(receiver, monkeypatch):
    # The receiver does not offer CONNECT; that it was asked to is what counts.
    monkeypatch.setenv("https_proxy", receiver.url)
    with pytest.raises(Unreachable, match="501"):
        Server("https://example.invalid", 5).request("GET", "/")


def test_a_server_that_does_not_answer_in_time_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = Server(f"http://127.0.0.1:{silent.getsockname()[1]}", 0.05)
        with pytest.raises(Unreachable, match="timed out"):
            server.request("GET", "/slow")


def test_an_answer_that_is_cut_off_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as cutting:

        def serve():
            connection, _ = cutting.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        server = Server(f"http://127.0.0.1:{cutting.getsockname()[1]}", 5)
        with pytest.raises(Unreachable, match="IncompleteRead"):
            server.request("GET", "/")
        thread.join()


def test_threads_take_turns(receiver):
    server = Server(receiver.url, 5)
    threads = [threading.Thread(target=server.request, args=("GET", f"/{n}")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(request.path for request in receiver.requests) == [f"/{n}" for n in range(8)]
    assert receiver.connections == 1
    server.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_opens_its_own_connection_and_leaves_the_parents(receiver):
    server = Server(receiver.url, 5)
    server.request("GET", "/parent")
    child = os.fork()
    if child == 0:
        try:
            server.request("GET", "/child")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    server.request("GET", "/parent")
    assert [request.path for request in receiver.requests] == ["/parent", "/child", "/parent"]
    assert receiver.connections == 2
    server.close()


def test_json_has_no_numbers_that_readers_refuse():
    values = {"a": float("nan"), "b": float("inf"), "c": 1.5, "d": None, "e": {1, 1}}
    assert json_text(values) == '{"a": null, "b": null, "c": 1.5, "d": null, "e": "{1}"}'
