"""The proxy between our origin and our clients: every byte right, everything given back, and a clean end."""

import signal
import socket
import time
import threading

import pytest
from program import baton, load, origin, proxy, server, strategies, total, wait_until

BODIES = "0+1024+16384+1048576"


@pytest.fixture(scope="module")
def upstream():
    with origin() as started:
        yield started


@pytest.mark.parametrize("handoff", ["0", "1"])
@pytest.mark.parametrize("strategy", strategies())
def test_every_strategy_delivers_every_byte_and_gives_all_buffers_back(upstream, strategy, handoff):
    with proxy(strategy, upstream, "--handoff", handoff) as serving:
        assert f"(strategy {strategy}, origin {upstream.address})" in serving.line
        for more in ([], ["--chunked", "true"], ["--pipelining", "4"], ["--pipelining", "4", "--chunked", "true"]):
            code, result = load(serving, "--connections", "4", "--requests", "40", "--body-bytes", BODIES, *more)
            assert code == 0, result
            assert result["requests_whole_run"]["answered"] >= 40
            assert result["by_reason"] == {}
        answer = serving.end()
    assert answer.code == 0, answer
    assert "conservation held" in answer.out
    assert total(answer.out, "requests") >= 160
    assert total(answer.out, "error answers") == 0
    offered = total(answer.out, "handoffs offered")
    assert offered == 0 if handoff == "0" else offered > 0


@pytest.mark.parametrize("strategy", strategies())
def test_every_strategy_keeps_the_contract_while_clients_hang_up(upstream, strategy):
    with proxy(strategy, upstream, "--handoff", "0.5", "--checked") as serving:
        code, result = load(serving, "--connections", "4", "--requests", "60", "--body-bytes", "300000", "--hangup", "0.5",
                            "--hangup-after-bytes", "1000", "--query", "piece=50000&pause=1")  # fmt: skip
        assert code == 0, result
        assert result["requests_whole_run"]["hung_up"] > 0
        answer = serving.end()
    assert answer.code == 0, answer
    assert "conservation held" in answer.out
    assert "per request" in answer.out  # the ledger


def test_the_ledger_counts_what_the_strategy_does(upstream):
    counts = {}
    for strategy in ("locked_pool", "workspace_copy"):
        with proxy(strategy, upstream, "--handoff", "1", "--checked") as serving:
            assert load(serving, "--connections", "1", "--requests", "20", "--body-bytes", "20000")[0] == 0
            counts[strategy] = serving.end().out
    assert total(counts["locked_pool"], "locks") >= 40
    assert total(counts["locked_pool"], "bytes_copied") == 0
    assert total(counts["workspace_copy"], "locks") == 0
    assert total(counts["workspace_copy"], "bytes_copied") > 0


def test_http10_head_post_and_connections_for_one_request_pass_too(upstream):
    with proxy("two_cache", upstream, "--handoff", "0.5") as serving:
        for more in (["--http10"], ["--method", "head"], ["--method", "post"], ["--close"], ["--idle-connections", "20"]):
            code, result = load(serving, "--connections", "4", "--requests", "20", "--body-bytes", "0+1000+100000", *more)
            assert code == 0, (more, result)
            assert result["requests_whole_run"]["answered"] >= 20
        assert serving.end().code == 0


def test_a_wrong_byte_is_seen_through_the_proxy(upstream):
    with proxy("heap", upstream) as serving:
        code, result = load(serving, "--connections", "1", "--requests", "5", "--body-bytes", "5000", "--query", "flip_at=4000")
        assert code == 1
        assert result["requests_whole_run"]["wrong"] == 5
        assert result["requests_whole_run"]["answered"] == 0


def test_an_open_loop_sends_at_its_rate(upstream):
    answer = baton("load", "--target", upstream.address, "--loop", "open", "--rate", "200", "--connections", "4", "--ramp", "0.1",
                   "--duration", "1", "--json")  # fmt: skip
    assert answer.code == 0, answer
    assert '"arrivals"' in answer.out


def test_the_result_for_people_shows_requests_and_latency(upstream):
    answer = baton("load", "--target", upstream.address, "--requests", "10", "--connections", "2", "--ramp", "0")
    assert answer.code == 0, answer
    assert "issued" in answer.out
    assert "p99.9" in answer.out


def test_a_target_where_nothing_listens_is_named():
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    answer = baton("load", "--target", address)
    assert answer.code == 1
    assert f"cannot connect to {address}" in answer.err


def test_an_origin_that_refuses_is_answered_502_and_nothing_is_lost():
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with server("serve", "--strategy", "two_cache", "--listen", "127.0.0.1:0", "--origin", address, "--handoff", "1") as serving:
        with socket.create_connection(("127.0.0.1", serving.port), timeout=60) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 502 ")
        answer = serving.end()
    assert answer.code == 0
    assert total(answer.out, "error answers") == 1


def read_all(client: socket.socket) -> bytes:
    received = b""
    while piece := client.recv(65536):
        received += piece
    return received


@pytest.mark.parametrize("handoff", ["0", "1"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_what_is_under_way_is_answered_whole(upstream, number, handoff):
    with proxy("two_cache", upstream, "--handoff", handoff) as serving:
        with socket.create_connection(("127.0.0.1", serving.port), timeout=60) as client:
            client.sendall(b"GET /bytes/20000?pause=700&pause_at=5000 HTTP/1.1\r\nHost: x\r\n\r\n")
            first = client.recv(100)  # the answer has begun
            serving.signal(number)
            rest = []
            reader = threading.Thread(target=lambda: rest.append(read_all(client)))
            reader.start()
            answer = serving.wait()
            reader.join()
        head, _, body = (first + rest[0]).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert len(body) == 20000
        assert answer.code == 0, answer
        assert "conservation held" in answer.out
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", serving.port), timeout=60)


def test_draining_ends_idle_connections(upstream):
    with proxy("heap", upstream) as serving:
        with socket.create_connection(("127.0.0.1", serving.port), timeout=60) as client:
            client.sendall(b"GET /bytes/0 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
            answer = serving.end()
            assert client.recv(1000) == b""
    assert answer.code == 0, answer


def test_what_does_not_end_within_the_drain_timeout_is_cut_off(upstream):
    with proxy("two_cache", upstream, "--handoff", "1", "--drain-timeout-ms", "100") as serving:
        with socket.create_connection(("127.0.0.1", serving.port), timeout=60) as client:
            client.sendall(b"GET /bytes/20000?stall_at=5000 HTTP/1.1\r\nHost: x\r\n\r\n")
            first = client.recv(100)
            answer = serving.end()
            assert len(first + read_all(client)) < 20000
    assert answer.code == 0, answer
    assert "conservation held" in answer.out


def test_a_second_signal_ends_it_at_once(upstream):
    with proxy("two_cache", upstream) as serving:
        with socket.create_connection(("127.0.0.1", serving.port), timeout=60) as client:
            client.sendall(b"GET /bytes/20000?stall_at=5000 HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(100)
            serving.signal(signal.SIGTERM)

            def drains() -> bool:
                with open(f"/proc/{serving.process.pid}/status", encoding="ascii") as status:
                    caught = next(int(line.split()[1], 16) for line in status if line.startswith("SigCgt:"))
                return caught & (1 << (signal.SIGTERM - 1)) != 0

            wait_until(drains, "draining")
            serving.signal(signal.SIGTERM)
            answer = serving.wait()
    assert answer.code == 1
    assert "ended without draining" in answer.err


def test_sigusr1_shows_what_the_proxy_holds_and_it_goes_on(upstream):
    with proxy("ideal", upstream) as serving:
        with socket.create_connection(("127.0.0.1", serving.port), timeout=60) as client:
            client.sendall(b"GET /bytes/0 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 200 ")

            def shows_the_buffer_with_the_session() -> bool:  # once its worker has stopped lingering
                serving.signal(signal.SIGUSR1)
                shown = ""
                while "approximate" not in shown:
                    line = serving.process.stdout.readline()
                    assert line, shown
                    shown += line
                assert "sessions open: 1." in shown
                return total(shown, "with sessions") == 1

            wait_until(shows_the_buffer_with_the_session, "shown")
        assert load(serving, "--connections", "1", "--requests", "3")[0] == 0
        assert serving.end().code == 0


def test_the_origin_counts_and_ends_on_a_signal():
    with origin() as started:
        assert load(started, "--connections", "2", "--requests", "10")[0] == 0
        answer = started.end()
    assert answer.code == 0
    assert "10 requests" in answer.out
