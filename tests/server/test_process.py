"""One real process: its address, clients that are slow or speak something else, and a stop under load."""

import json
import signal
import socket
import threading

from tests.server.conftest import Process, request, said


def test_a_stop_under_load_answers_what_was_taken(process: Process) -> None:
    body = json.dumps({"run": process.names[0], "inputs": ["abc"] * 16}).encode()
    sent = request(body, f"Content-Length: {len(body)}")
    assert said(process.port, b"\x16\x03\x01 nonsense\r\n\r\n") == (
        400,
        {"code": "not_http", "message": "The request is not HTTP.", "hint": "Speak HTTP/1.1; see /openapi.json."},
    )
    assert said(process.port, sent)[0] == 200
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    statuses: list[int] = []
    endless = request(chunk * 8 + b"1\r\n \r\n", "Transfer-Encoding: chunked")
    assert said(process.port, endless)[1]["code"] == "body_too_large"
    assert said(process.port, request(b"", "Content-Length: 99999999"))[0] == 413

    taken = threading.Barrier(6)

    def client() -> None:
        with socket.create_connection(("127.0.0.1", process.port), timeout=60) as mine:
            # The head is there: the request is taken, and its end comes when the server is stopping.
            mine.sendall(sent[:-3])
            taken.wait(60)
            taken.wait(60)
            mine.sendall(sent[-3:])
            statuses.append(int(mine.recv(65_536).split()[1]))

    clients = [threading.Thread(target=client) for _ in range(5)]
    for each in clients:
        each.start()
    taken.wait(60)
    # Requests are taken in the order of their coming: when this one is answered, the others were seen.
    assert said(process.port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")[0] == 200
    process.popen.send_signal(signal.SIGTERM)
    while True:
        try:
            socket.create_connection(("127.0.0.1", process.port), timeout=60).close()
        except ConnectionRefusedError:
            break
    taken.wait(60)
    for each in clients:
        each.join(60)
    assert statuses == [200] * 5
    assert process.popen.wait(60) == 0
    assert process.popen.stderr is not None
    assert process.popen.stderr.read().splitlines()[-1] == "saccade: 9 requests taken, 9 answered"
