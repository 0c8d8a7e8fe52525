"""CLIENT-4: an unacceptable certificate is not tried again; other failures of TLS are lost."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import tempfile
import threading
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wormhole.config import Config
from wormhole.initiator import Initiator
from wormhole.testing import with_second

from .scripted import problem


def certificate(name: str) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(1))
        .not_valid_after(now + datetime.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return cert.public_bytes(pem), private


class TlsTest(unittest.TestCase):
    def server(self, name: str) -> tuple[str, bytes]:
        cert, key = certificate(name)
        with tempfile.NamedTemporaryFile() as file:
            file.write(cert + key)
            file.flush()
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(file.name)
        return self.listen(self.serve_tls), cert

    def serve_tls(self, sock):
        with self.context.wrap_socket(sock, server_side=True) as tls:
            tls.recv(65536)
            tls.sendall(problem(410, "closed", reason="done"))

    def listen(self, serve) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.accepted = 0

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    sock, _ = listener.accept()
                    self.accepted += 1
                    with contextlib.suppress(OSError), sock:
                        serve(sock)

        threading.Thread(target=accept, daemon=True).start()
        return f"https://localhost:{listener.getsockname()[1]}"

    def run_it(self, url: str, tls=None, second_ms=1_000):
        config = with_second(Config(url, b"a", tls=tls), second_ms)
        return Initiator(config, b"", on_code=print).run()

    def test_untrusted(self):
        url, _ = self.server("localhost")
        self.assertEqual(self.run_it(url).outcome, "relay-unreachable")
        self.assertEqual(self.accepted, 1)

    def test_wrong_name(self):
        url, cert = self.server("other.example")
        tls = ssl.create_default_context(cadata=cert.decode())
        self.assertEqual(self.run_it(url, tls).outcome, "relay-unreachable")
        self.assertEqual(self.accepted, 1)

    def test_trusted(self):
        url, cert = self.server("localhost")
        tls = ssl.create_default_context(cadata=cert.decode())
        self.assertEqual(self.run_it(url, tls).outcome, "closed")

    def test_plain_http_behind(self):
        url = self.listen(lambda sock: sock.sendall(problem(410, "closed", reason="done")))
        self.assertEqual(self.run_it(url, second_ms=5).outcome, "relay-unreachable")
        self.assertGreater(self.accepted, 1)


if __name__ == "__main__":
    unittest.main()
