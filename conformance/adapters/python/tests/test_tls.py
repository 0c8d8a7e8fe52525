"""CLIENT-4: TLS failures end a run at once; a trusted certificate works."""

from __future__ import annotations

import datetime
import socket
import ssl
import tempfile
import threading
import time
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wsync import Config, Initiator
from wsync.testing import with_second

from .scripted import Scripted, problem, say


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
    def server(self, name: str):
        cert, key = certificate(name)
        with tempfile.NamedTemporaryFile() as file:
            file.write(cert + key)
            file.flush()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file.name)
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.accepted = 0

        def serve():
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                self.accepted += 1
                try:
                    with context.wrap_socket(sock, server_side=True) as tls:
                        tls.recv(65536)
                        tls.sendall(problem(410, "closed", reason="done"))
                except OSError:
                    sock.close()

        threading.Thread(target=serve, daemon=True).start()
        return f"https://localhost:{listener.getsockname()[1]}", cert

    def run_it(self, url: str, tls=None):
        began = time.monotonic()
        config = with_second(Config(url, b"a", tls=tls), 100)
        result = Initiator(config, b"", on_code=print).run()
        self.assertLess(time.monotonic() - began, 1)
        return result

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
        with Scripted(say(problem(410, "closed", reason="done"))) as server:
            result = self.run_it(server.url.replace("http://127.0.0.1", "https://localhost"))
        self.assertIn(result.outcome, ("relay-unreachable",))


if __name__ == "__main__":
    unittest.main()
