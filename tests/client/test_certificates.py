"""TLS for real: a server on a port, with a certificate authority of its own, as companies have."""

import shutil
import socket
import ssl
import subprocess
import threading

import pytest
from pandaprobe_evals import ConnectionFailed, InvalidArgument
from pandaprobe_evals.certificates import refused

OPENSSL = shutil.which("openssl")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A folder with `ca.pem`, and what it signed: `here.pem` for 127.0.0.1, `there.pem` for elsewhere.example."""
    if not OPENSSL:
        pytest.skip("no openssl here: apt-get install openssl")
    folder = tmp_path_factory.mktemp("company")

    def openssl(*words):
        subprocess.run([OPENSSL, *words], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    extensions = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Company CA", *extensions)
    for name, where in (("here", "IP:127.0.0.1"), ("there", "DNS:elsewhere.example")):
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / "extensions").write_text(f"subjectAltName={where}\nauthorityKeyIdentifier=keyid\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", "extensions", "-out", f"{name}.pem")  # fmt: skip
    return folder


class Encrypted:
    """A server that answers over TLS, and counts who connects."""

    def __init__(self, folder, name):
        self.connections = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            plain.settimeout(5)
            try:
                with self._context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65_536)
                    connection.sendall(ANSWER)
            except OSError:
                plain.close()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def encrypted(company):
    server = Encrypted(company, "here")
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(variable, raising=False)


def test_a_certificate_that_is_not_trusted_takes_one_attempt_and_says_what_to_do(kind, encrypted):
    """It was tried six times in ten seconds."""
    panda = kind(encrypted.url)
    for call in (
        panda.session_metrics.list,
        lambda: panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"]),
    ):
        before = encrypted.connections
        with pytest.raises(
            ConnectionFailed, match=r"^the certificate is not trusted: .*set SSL_CERT_FILE to a PEM file"
        ) as caught:
            call()
        assert encrypted.connections - before == len(caught.value.attempts) == 1
    kind.hang_up()


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_company_s_certificate_is_trusted_where_it_is_named(
    kind, encrypted, company, monkeypatch, tmp_path, variable
):
    if variable == "SSL_CERT_DIR":
        shutil.copy(company / "ca.pem", tmp_path)
        subprocess.run([OPENSSL, "rehash", tmp_path], check=True)
    monkeypatch.setenv(variable, str(company / "ca.pem" if variable == "SSL_CERT_FILE" else tmp_path))
    assert kind(encrypted.url).session_metrics.list() == []
    kind.hang_up()


def test_one_that_does_not_help_is_named(kind, encrypted, company, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(company / "there.pem"))
    with pytest.raises(ConnectionFailed, match=r"SSL_CERT_FILE is .*there\.pem"):
        kind(encrypted.url).session_metrics.list()
    kind.hang_up()


def test_another_hosts_certificate_is_told_from_one_that_is_not_trusted(kind, company, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(company / "ca.pem"))
    server = Encrypted(company, "there")
    with pytest.raises(ConnectionFailed, match=r"^the certificate is another host's: .*Is base_url right"):
        kind(server.url).session_metrics.list()
    kind.hang_up()
    assert server.connections == 1
    server.close()


def test_https_to_what_speaks_http_takes_one_attempt(kind, canned):
    canned.say(200, [])
    with pytest.raises(ConnectionFailed, match=r"does not speak TLS\. Should base_url begin with http://") as caught:
        kind(canned.url.replace("http:", "https:")).session_metrics.list()
    assert len(caught.value.attempts) == 1
    kind.hang_up()


def test_a_certificate_that_has_expired_is_for_the_operator():
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = 10, "certificate has expired"
    assert refused(error).startswith("certificate has expired. Is this machine's clock right?")
    assert refused(ConnectionResetError()) is None


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SSL_CERT_FILE", "nowhere.pem", "cannot be read: No such file"),
        ("SSL_CERT_FILE", ".", "cannot be read: Is a directory"),
        ("SSL_CERT_FILE", "empty.pem", "does not hold certificates in PEM form"),
        ("SSL_CERT_FILE", "garbage.pem", "does not hold certificates in PEM form"),
        ("SSL_CERT_DIR", "nowhere", "is not a folder"),
        ("SSL_CERT_DIR", "garbage.pem", "is not a folder"),
        ("SSLKEYLOGFILE", "nowhere/keys", "cannot be written: No such file"),
    ],
)
def test_what_the_environment_says_wrongly_is_named(kind, url, tmp_path, monkeypatch, variable, value, said):
    (tmp_path / "empty.pem").touch()
    (tmp_path / "garbage.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidArgument, match=f"^{variable}: {value} {said}.*; correct or unset it"):
        kind("https://service.example")
    assert kind(url).session_metrics.list()  # plain http has no use for it
    kind.hang_up()
