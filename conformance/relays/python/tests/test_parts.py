"""JSON, messages, targets and addresses."""

from __future__ import annotations

import unittest

from relay.addresses import Proxies, key, normal
from relay.main import parser
from relay.messages import read_body, read_reason
from relay.problems import Refusal
from relay.routes import find_route
from relay.strictjson import JsonError, parse_object


class JsonTest(unittest.TestCase):
    def test_good(self) -> None:
        for text in [
            b"{}", b" \t\r\n{} \n", b'{"a":"\\ud83d\\ude00"}', b'{"a":-0.0e-999}',
            b'{"a":1' + b"0" * 308 + b"}", b'{"a":' + b"[" * 15 + b"]" * 15 + b"}",
            '{"\u00f6":"\u2028\x7f"}'.encode(), b'{"a":{"b":1},"b":{"b":1}}',
        ]:
            with self.subTest(text[:40]):
                parse_object(text)

    def test_bad(self) -> None:
        for text in [
            b"", b"[]", b"1", b"null", b"{}x", b"{}{}", b"\xef\xbb\xbf{}", b'{"a":NaN}',
            b'{"a":-Infinity}', b'{"a":1}//', b'{"a":"\\ud800"}', b'{"\\udc00":1}',
            b'{"a":["\\ude00\\ud83d"]}', b'{"a":"\x01"}', b'{"a":"\n"}', b'{"a":"\xff"}',
            b'{"a":"\xed\xa0\x80"}', b'{"a":1,"a":1}', b'{"a":1,"\\u0061":1}',
            b'{"x":[{"a":1,"a":1}]}', b'{"a":' + b"[" * 16 + b"]" * 16 + b"}",
            b'{"a":' * 17 + b"1" + b"}" * 17, b"[" * 100_000, b'{"a":1e309}', b'{"a":-1e309}',
            b'{"a":1' + b"0" * 309 + b"}", b'{"a":' + b"9" * 5000 + b"}", b"{'a':1}",
            b'{"a":01}', b'{"a":1.}', b'{"a":+1}', b'{"a":1,}', b'{"a":"\\x41"}',
            b'{"a":"\\u12_4"}', b"\xa0{}", b"\x0c{}", "{}".encode("utf-16"),
        ]:
            with self.subTest(text[:40]):
                self.assertRaises(JsonError, parse_object, text)


class MessageTest(unittest.TestCase):
    def refused(self, token: str, read, *args) -> None:
        with self.assertRaises(Refusal) as caught:
            read(*args)
        self.assertEqual(caught.exception.token, token)

    def test_body(self) -> None:
        self.assertEqual(read_body(b'{"x":[null],"body":"00ff"}', 2), b"\x00\xff")
        self.refused("too-large", read_body, b'{"body":"00ff00"}', 2)
        for value in [b'""', b'"0"', b'"0F"', b'"zz"', b"1", b"null", b'"00\\n"', b'"0000000g"',
                      '"\u0660\u0660"'.encode()]:
            self.refused("malformed", read_body, b'{"body":' + value + b"}", 2)
        self.refused("malformed", read_body, b"{}", 2)

    def test_reason(self) -> None:
        self.assertEqual(read_reason(b'{"reason":""}'), "")
        self.assertEqual(read_reason(b'{"reason":"' + b"\\u00f6" * 32 + b'"}'), "\u00f6" * 32)
        self.refused("malformed", read_reason, b'{"reason":"' + b"\\u00f6" * 33 + b'"}')
        self.refused("malformed", read_reason, b'{"reason":null}')


class RouteTest(unittest.TestCase):
    def token(self, method: str, target: str) -> str:
        try:
            route = find_route(method.encode(), target.encode())
            route.wait()
        except Refusal as refusal:
            return refusal.token
        return route.action

    def test_targets(self) -> None:
        for method, target, expected in [
            ("POST", "/v1/61/channels", "allocate"),
            ("POST", f"/v1/{'61' * 128}/channels", "allocate"),
            ("POST", f"/v1/{'61' * 129}/channels", "not-found"),
            ("POST", "/v1//channels", "not-found"),
            ("POST", "/v1/6A/channels", "not-found"),
            ("POST", "/v1/616/channels", "not-found"),
            ("POST", "/v1/%361/channels", "not-found"),
            ("POST", "/v1/61/channels/", "not-found"),
            ("POST", "/V1/61/channels", "not-found"),
            ("POST", "/v1/61/channels/999999999/claim", "claim"),
            ("POST", "/v1/61/channels/1000000000/claim", "not-found"),
            ("POST", "/v1/61/channels/0/claim", "not-found"),
            ("POST", "/v1/61/channels/07/claim", "not-found"),
            ("POST", "/v1/61/channels/7", "not-found"),
            ("POST", "/v1/61/channels/7/offer", "not-found"),
            ("GET", "/v1/61/channels", "method-not-allowed"),
            ("POST", "/v1/61/channels/7/answer", "method-not-allowed"),
            ("HEAD", "/v1/61/channels/7/answer", "method-not-allowed"),
            ("get", "/v1/61/channels/7/answer", "method-not-allowed"),
            ("PUT", "/v1/61/channels/7/receipt", "put"),
            ("PUT", "/v1/61/channels/7/receipt?", "malformed"),
            ("PUT", "/v1/61/channels/7/receipt?wait=1", "malformed"),
            ("GET", "/v1/61/channels/7/receipt", "get"),
            ("GET", "/v1/61/channels/7/receipt?", "malformed"),
            ("GET", "/v1/61/channels/7/receipt?wait=0", "get"),
            ("GET", "/v1/61/channels/7/receipt?wait=30", "get"),
            ("GET", "/v1/61/channels/7/receipt?wait=31", "malformed"),
            ("GET", "/v1/61/channels/7/receipt?wait=01", "malformed"),
            ("GET", "/v1/61/channels/7/receipt?wait=", "malformed"),
            ("GET", "/v1/61/channels/7/receipt?wait=1&wait=1", "malformed"),
            ("GET", "/v1/61/channels/7/receipt?wait=1?", "malformed"),
            ("GET", "/v1/61/channels/7/receipt?wait=%31", "malformed"),
        ]:
            with self.subTest(method=method, target=target[:60]):
                self.assertEqual(self.token(method, target), expected)


class AddressTest(unittest.TestCase):
    def test_key(self) -> None:
        self.assertEqual(key(normal("2001:db8::1")), key(normal("2001:db8::ffff:0:0:1")))
        self.assertNotEqual(key(normal("2001:db8::1")), key(normal("2001:db8:0:1::1")))
        self.assertEqual(key(normal("::ffff:192.0.2.1")), key(normal("192.0.2.1")))

    def client(self, header: str, *lines: str, peer: str = "10.0.0.1") -> str:
        proxies = Proxies(["10.0.0.1", "10.0.0.2", "2001:db8::9"], header)
        name = header.lower().encode()
        return str(proxies.client(normal(peer), [(name, line.encode()) for line in lines]))

    def test_x_forwarded_for(self) -> None:
        for expected, *lines in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.2", "192.0.2.1, 192.0.2.2"),
            ("192.0.2.2", "192.0.2.1", "192.0.2.2,10.0.0.2"),
            ("2001:db8::8", "1.1.1.1, 2001:db8::8, 2001:db8::9"),
            ("192.0.2.1", "::ffff:192.0.2.1 ,10.0.0.2"),
            ("192.0.2.1", "192.0.2.1:80"),
            ("10.0.0.1", "192.0.2.1, unknown"),
            ("10.0.0.2", "192.0.2.1, unknown, 10.0.0.2"),
            ("10.0.0.1",),
            ("10.0.0.1", " , ,"),
            ("192.0.2.1", "192.0.2.1, ,", ""),
            ("192.0.2.1", "192.0.2.1, ::ffff:10.0.0.2"),
            ("10.0.0.2", "10.0.0.2"),
        ]:
            with self.subTest(lines):
                self.assertEqual(self.client("X-Forwarded-For", *lines), expected)
        self.assertEqual(self.client("X-Forwarded-For", "1.1.1.1", peer="10.0.0.3"), "10.0.0.3")

    def test_forwarded(self) -> None:
        for expected, *lines in [
            ("192.0.2.1", "for=192.0.2.1;proto=http"),
            ("2001:db8::8", 'for=1.1.1.1, By=x;For="[2001:db8::8]:80" , for=10.0.0.2'),
            ("10.0.0.1", "for=1.1.1.1, for=_hidden"),
            ("10.0.0.1", "for=1.1.1.1, proto=http"),
            ("10.0.0.1", "for=1.1.1.1;for=2.2.2.2"),
            ("192.0.2.1", "for=192.0.2.1, ,"),
            ("192.0.2.2", 'for="x, for=192.0.2.2'),
            ("192.0.2.2", 'for="x\\", for="192.0.2.2"'),
        ]:
            with self.subTest(lines):
                self.assertEqual(self.client("Forwarded", *lines), expected)


class OptionsTest(unittest.TestCase):
    def test_defaults(self) -> None:
        arguments = parser().parse_args(["--listen", "[::1]:0", "--trust-proxy", "127.0.0.1",
                                         "--forwarded-header", "forwarded"])
        self.assertEqual(arguments.listen, ("::1", 0))
        self.assertEqual(arguments.trust_proxy, ["127.0.0.1"])
        self.assertEqual(arguments.forwarded_header, "Forwarded")
        self.assertEqual(arguments.ttl, 3_600)
        self.assertEqual(arguments.stored_bytes, 536_870_912)
        self.assertEqual(arguments.connections_per_address, 256)


if __name__ == "__main__":
    unittest.main()
