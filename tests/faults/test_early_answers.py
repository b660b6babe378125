"""An answer that comes before the whole request was read is the answer: nothing is looked up or sent again."""

import shutil
import socket
import ssl
import struct
import subprocess
import threading

import pytest
from pandaprobe_evals.errors import AuthenticationError, InvalidRequest, PandaProbeError, QuotaExceeded

from .world import BATCH, BackoffPolicy, caught, http

LARGE = [f"session-{number:06}" for number in range(100_000)]
"""About 2 MB: more than any socket takes at once."""
ONCE = BackoffPolicy(max_attempts=1, base=0.0)


class EarlyServer:
    """Reads no more than the head of each request and answers it; `end` is how it lets go."""

    def __init__(self, answer: bytes, end: str, *, head=b"", body_bytes=0, tls=None):
        self.requests: list[str] = []
        self._answer, self._end, self._head, self._body_bytes = answer, end, head, body_bytes
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._tls = tls
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or a reset may overtake the answer here
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain):
        with self._tls.wrap_socket(plain, server_side=True) if self._tls else plain as connection:
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(1024)
            line, _, _ = data.partition(b"\r\n")
            self.requests.append(line.decode())
            if not line.startswith(b"POST"):
                connection.sendall(http(200, '{"items": [], "total": 0, "limit": 1, "offset": 0}'))
                return
            if self._head:
                connection.sendall(self._head)
            while len(data) < self._body_bytes:
                data += connection.recv(65_536)
            connection.sendall(self._answer)
            if self._end == "reset":  # at once, and not only when more of the body comes
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif self._end == "stay":  # neither reads on nor hangs up
                self._stopped.wait(20)

    def close(self):
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def early():
    servers = []

    def make(*args, **options):
        servers.append(EarlyServer(*args, **options))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


def posts(server):
    return [line for line in server.requests if line.startswith("POST")]


@pytest.mark.parametrize("end", ["close", "stay"])
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http(413, "<html>413 Request Entity Too Large</html>", content_type="text/html"), PandaProbeError),
        (http(401, '{"detail": "Invalid API key"}'), AuthenticationError),
        (http(400, '{"detail": "Bad"}'), InvalidRequest),
        (http(429, '{"detail": "Monthly limit reached"}'), QuotaExceeded),
    ],
    ids=["413", "401", "400", "429"],
)
def test_a_final_answer_ahead_of_the_body_ends_a_create_at_once(face_of, early, answer, kind, end):
    server = early(answer, end)
    error = caught(face_of(server.url).batch, *LARGE, timeout=5.0)
    assert isinstance(error, kind)
    assert error.status == int(answer[9:12])
    assert len(posts(server)) == 1
    assert len(server.requests) == 1, "nothing is looked up"


@pytest.mark.parametrize("size", [100, 20_000, 200_000, 1_000_000])
def test_however_much_of_the_body_is_read_before(face_of, early, size):
    server = early(http(413, "too large"), "close", body_bytes=size)
    for _ in range(10):
        assert caught(face_of(server.url).batch, *LARGE).status == 413
    assert len(server.requests) == 10


def test_a_503_ahead_of_the_body_is_looked_up_as_one_behind_it_is(face_of, early):
    server = early(http(503, "busy", "Retry-After: 0"), "close")
    error = caught(face_of(server.url).batch, *LARGE, backoff=BackoffPolicy(settle=0.05, base=0.0, max_attempts=1))
    assert error.attempts[0].status == 503
    assert len(posts(server)) == 1


def test_an_answer_cut_off_by_a_reset_is_a_lost_one_or_itself_but_never_anything_else(face_of, early):
    """Whether the answer outruns the reset is the network's doing."""
    server = early(http(413, "too large"), "reset")
    error = caught(face_of(server.url).batch, *LARGE, backoff=BackoffPolicy(settle=0.05, base=0.0, max_attempts=1))
    assert isinstance(error, PandaProbeError)
    assert error.attempts[0].status in (413, None)
    assert len(posts(server)) == 1


@pytest.mark.parametrize("interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 102 Processing\r\nX: y\r\n\r\n" * 2])
def test_an_interim_answer_ahead_of_the_body_stops_nothing(face_of, early, interim):
    server = early(http(400, '{"detail": "Bad"}'), "close", head=interim, body_bytes=1_700_000)
    error = caught(face_of(server.url).batch, *LARGE)
    assert error.status == 400
    assert len(server.requests) == 1


def test_a_body_that_is_read_slowly_arrives_whole(face_of, served, sandbox):
    """No answer comes meanwhile; what is written in parts is what was to be written."""
    face = face_of(served[1], project="early answers")
    sent = face.batch(*LARGE)
    assert face.get(sent.id).filters.to_dict()["session_ids"] == LARGE
    assert [request.operation for request in sandbox.requests].count(BATCH) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file that holds a key and a certificate for 127.0.0.1."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("no openssl here: apt-get install openssl")
    path = tmp_path_factory.mktemp("tls") / "here.pem"
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(path)]
    names = ["-subj", "/CN=here", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = subprocess.run([openssl, "req", "-x509", *key, *names], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + made.stdout)
    return path


@pytest.mark.parametrize("end", ["close", "stay"])
def test_over_tls_as_well(face_of, early, certificate, monkeypatch, end):
    """Where what can be read need not be an answer: a new key comes first."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = early(http(413, "too large"), end, tls=context, body_bytes=200_000)
    for _ in range(5):
        assert caught(face_of(server.url).batch, *LARGE).status == 413
    assert len(server.requests) == 5
