"""Tests without any network."""

from __future__ import annotations

import hashlib
import hmac
import unittest
from pathlib import Path

from spake2 import ed25519_basic as ed
from spake2.parameters.ed25519 import ParamsEd25519

from wormhole import pake, seal, strictjson
from wormhole.code import read_code, word_list, words_of
from wormhole.keys import BadExportError, Keys, expand, export, transcript
from wormhole.link import BadLinkError, read_link
from wormhole.outcome import Outcome, Refusal
from wormhole.pake import BadElementError, Side, Spake2
from wormhole.values import parse_rendezvous, read_hex

from . import SPEC

WORDS = Path(pake.__file__).parent / "words"
X = 2611694063369306139794446498317402240796898290761098242657700742213257926693
Y = 7002393159576182977806091886122272758628412261510164356026361256515836884383


class PakeTest(unittest.TestCase):
    def pair(self, x=X, y=Y, **ids):
        return Spake2(Side.A, b"password", x, **ids), Spake2(Side.B, b"password", y, **ids)

    def test_published_key(self):
        a, b = self.pair(id_a=b"idA", id_b=b"idB")
        w = 3515301705789368674385125653994241092664323519848410154015274772661223168839
        self.assertEqual(pake.password_scalar(b"password"), w)
        sent = (
            "416fc960df73c9cf8ed7198b0c9534e2e96a5984bfc5edc023fd24dacf371f2af9",
            "42354e97b88406922b1df4bea1d7870f17aed3dba7c720b313edae315b00959309",
        )
        self.assertEqual((a.message.hex(), b.message.hex()), sent)
        z = "6f15f4010172c97e13325bcdc970cf6eb2c849d69b067e7ac6aa1335eb0ab454"
        k = "712295de7219c675ddd31942184aa26e0a957cf216bc230d165b215047b520c1"
        for own, peer in ((a, b), (b, a)):
            shared = own.finish(peer.message)
            self.assertEqual((shared.z.hex(), shared.k.hex()), (z, k))

    def test_constants(self):
        self.assertEqual(ParamsEd25519.M.to_bytes(), pake.M_BYTES)
        self.assertEqual(ParamsEd25519.N.to_bytes(), pake.N_BYTES)
        for constant in (pake.M, pake.N, pake.BASE):
            self.assertTrue(pake.is_identity(pake.multiply(constant, pake.L)))

    def test_constants_come_out_of_their_names(self):  # section 5.1
        for name, tries, constant in ((b"M", 0, pake.M_BYTES), (b"N", 1, pake.N_BYTES)):
            prk = hmac.digest(bytes(32), name, "sha256")
            okm = expand(prk, b"SPAKE2 arbitrary element", 48)
            y = int.from_bytes(okm, "big") % pake.P
            found = None
            for i in range(tries + 1):
                self.assertIsNone(found)
                try:  # The sign bit is 0, so that x is even.
                    found = pake.decode(((y + i) % pake.P).to_bytes(32, "little"))
                except BadElementError:
                    pass
            self.assertEqual(pake.encode(pake.multiply(found, 8)), constant)

    def refuses(self, element: bytes, side=b"\x42"):
        a, _ = self.pair()
        with self.assertRaises(BadElementError):
            a.finish(side + element)
        with self.assertRaises(RuntimeError):  # PAKE-10
            a.finish(side + element)

    def test_bad_elements(self):
        p, sign = pake.P, 1 << 255
        le = lambda n: n.to_bytes(32, "little")
        _, b = self.pair()
        self.refuses(b.message[1:], b"\x41")  # PAKE-4
        self.refuses(le(p))  # y = p, non-canonical 0
        self.refuses(le(p + 1))  # non-canonical identity
        self.refuses(le(1))  # identity
        self.refuses(le(1 | sign))  # identity with sign bit
        self.refuses(le(p - 1))  # order 2
        self.refuses(le((p - 1) | sign))
        self.refuses(le(0))  # order 4
        self.refuses(le(2))  # off curve
        order2 = pake.decode(le(p - 1))
        good = pake.decode(b.message[1:])
        self.refuses(pake.encode(ed.add_elements(good, order2)))  # PAKE-6
        a, _ = self.pair()
        self.refuses(a.message[1:])  # PAKE-7
        w = pake.password_scalar(b"password")
        self.refuses(pake.encode(pake.multiply(pake.N, w)))  # PAKE-8

    def test_library_accepts_sign_of_zero_x(self):
        self.assertEqual(ed.decodepoint((1 | 1 << 255).to_bytes(32, "little"))[0], pake.P)

    def test_zero_scalar(self):
        a, b = self.pair(x=0)
        with self.assertRaises(BadElementError):
            b.finish(a.message)
        with self.assertRaises(BadElementError):
            a.finish(b.message)


class CodeTest(unittest.TestCase):
    def test_lists(self):
        for name, digest in (
            ("odd.txt", "99a86d564393464a979f9115ef6103464f56499b7e987091b9e59bdcaea00da8"),
            ("even.txt", "247bec0519f05acf5f8716f8515af0532676cce180409949d265f5670797c930"),
        ):
            data = (WORDS / name).read_bytes()
            self.assertEqual(hashlib.sha256(data).hexdigest(), digest)
            if SPEC is not None:
                self.assertEqual(data, (SPEC / "words" / name).read_bytes())
        self.assertFalse(set(word_list(0)) & set(word_list(1)))
        self.assertEqual(words_of(b"\0\0\xff"), ["adroitness", "aardvark", word_list(0)[255]])

    def test_good(self):
        for text in (
            "7-crossover-clockwork",
            " 7 Crossover\tCLOCKWORK\r\n",
            "7__crossover - -clockwork",
            "\ufeff\xa0\n7\u2013crossover \u2212\u3000clockwork\u2009\r\n",
        ):
            code = read_code(text)
            self.assertEqual(str(code), "7-crossover-clockwork")
            self.assertEqual(code.password, b"crossover-clockwork")
        self.assertEqual(len(read_code("999999999" + "-crossover-clockwork" * 4).words), 8)

    def test_faults(self):
        for text, fault in (
            ("x" * 1025, "too-long"),
            ("é" * 600, "too-long"),
            ("7-crossover-clockwork\x7f", "bad-character"),
            ("7-crossover-clockwörk", "bad-character"),
            ("7-crossover-clockwork\ud800", "bad-character"),
            (" \ufeff7-crossover-clockwork", "bad-character"),
            ("\u20147-crossover-clockwork", "bad-channel"),
            ("", "bad-channel"),
            ("-7-crossover-clockwork", "bad-channel"),
            ("07-crossover-clockwork", "bad-channel"),
            ("1000000000-crossover-clockwork", "bad-channel"),
            ("0-crossover-clockwork", "bad-channel"),
            ("7\n-crossover-clockwork", "bad-channel"),
            ("7", "word-count"),
            ("7-", "word-count"),
            ("7-crossover", "word-count"),
            ("7" + "-crossover-clockwork" * 4 + "-", "word-count"),
            ("7-crossover-clockwork-", "unknown-word"),
            ("7-crossover-clockwok", "unknown-word"),
            ("7-crossover\nclockwork", "word-count"),
            ("7-clockwork-crossover", "swapped-words"),
            ("7-clockwork-clockwork", "unknown-word"),
            ("7-crossover-crossover", "unknown-word"),
            ("7-crossover-crossover-clockwork", "swapped-words"),
        ):
            with self.subTest(text=text[:40]), self.assertRaises(Refusal) as caught:
                read_code(text)
            self.assertEqual(caught.exception.fault, fault, text[:40])

    def test_the_first_bad_character_is_named(self):
        for typed, named in (
            ("7-crössover-clöckwork".encode(), "U+00F6"),
            (b"7-crossover\x1b", "U+001B"),
            ("7\N{NON-BREAKING HYPHEN}\N{ROCKET}".encode(), "U+1F680"),
            (" \ufeff7".encode(), "U+FEFF"),
            (b"7-cr\xf6ssover-\xc3\xa4", "0xF6"),
            (b"7\xe2\x80-crossover", "0xE2"),
            (b"7\xed\xa0\x80", "0xED"),
        ):
            with self.subTest(typed=typed), self.assertRaises(Refusal) as caught:
                read_code(typed)
            self.assertIn(named, caught.exception.hint)


class LinkTest(unittest.TestCase):
    LINK = "wormhole-sync:7-crossover-clockwork?appid=6100&relay=http://%5B::1%5D:8080/a%2520b/"

    def test_good(self):
        link = read_link(self.LINK.encode())
        self.assertEqual(str(link), self.LINK)
        self.assertEqual((link.appid, link.relay.address), (b"a\0", "http://[::1]:8080/a%20b/"))
        self.assertFalse(link.asks_about_relay(parse_rendezvous("http://[::1]:8080/a%20b")))
        self.assertTrue(link.asks_about_relay(parse_rendezvous("http://[::1]:8080/a%20B")))
        self.assertFalse(link.asks_about_appid(b"a\0"))
        self.assertTrue(link.asks_about_appid(b"a"))
        self.assertNotIn("crossover", repr(link))

    def test_faults(self):
        for old, new, fault in (
            ("8080", "8080" * 2048, "too-long"),
            ("wormhole", "Wormhole", "bad-form"),
            ("&relay", "&mode=x&relay", "bad-form"),
            ("crossover", "CROSSOVER", "bad-code"),
            ("crossover", "crosover", "bad-code"),
            ("6100", "", "bad-appid"),
            ("6100", "6A", "bad-appid"),
            ("%5B::1%5D", "relay.example", "bad-relay"),
            ("%5B", "%5b", "bad-relay"),
            ("%5B", "[", "bad-relay"),
            ("a%2520b", "%61", "bad-relay"),
            ("a%2520b", "%FF", "bad-relay"),
        ):
            with self.subTest(new=new[:20]), self.assertRaises(BadLinkError) as caught:
                read_link(self.LINK.replace(old, new).encode())
            self.assertEqual(caught.exception.fault, fault)


class ValuesTest(unittest.TestCase):
    def test_good_addresses(self):
        for text, path, port in (
            ("https://relay.example.com", "", 443),
            ("HTTPS://relay.example.com/", "", 443),
            ("https://h:8443/a/b/", "/a/b", 8443),
            ("https://h:00443", "", 443),
            ("https://h//", "/", 443),
            ("https://h/a@b;c%20d:", "/a@b;c%20d:", 443),
            ("https://h/.../%2e%2e%2e/.a", "/.../%2e%2e%2e/.a", 443),
            ("https://_a-b..c", "", 443),
            ("http://LocalHost:80", "", 80),
            ("http://127.3.2.1", "", 80),
            ("http://[::1]:65535/", "", 65535),
            ("http://[0:0::0:0.0.0.1]", "", 80),
            ("https://[2001:db8::1]", "", 443),
        ):
            parsed = parse_rendezvous(text)
            self.assertEqual((parsed.base_path, parsed.port), (path, port))
            self.assertEqual(parsed.base, text.removesuffix("/"))
        target = parse_rendezvous("https://h/x/").target(b"ab", "/channels")
        self.assertEqual(target, "/x/v1/6162/channels")
        parse_rendezvous("http://relay.example.com", allow_plain_http=True)

    def test_bad_addresses(self):
        for text in (
            "", "https://", "https:///p", "https:h", "https:/h", "ftp://h", "h", "//h",
            "https://h:", "https://h:0", "https://h:65536", "https://h:1x", "https://u@h",
            "https://@h", "https://h?", "https://h#", "https://h/?a", "https://h/#", "https://h/.",
            "https://h/../a", "https://h/a/..", "https://h/%", "https://h/%2g", "https://h/a b",
            "https://h/ä", "https://ä", "https://h/\\", "https://h/|", "https://[::1",
            "https://::1", "https://[v1.a]", "https://[fe80::1%25eth0]", "https://h\\", "https://h%",
            "https://[]", "https://h/" + "a" * 2040, " https://h", "https://h\n",
            "http://relay.example.com", "http://127.1", "http://128.0.0.1", "http://127.0.0.1.",
            "http://[::2]", "http://localhost.",
            "http://[::ffff:127.0.0.1]", "https://h/%2e", "https://h/a/.%2E/b", "https://h/%2E%2e",
            "https://a%41", "https://a!b", "https://a~b", "https://(h)",
        ):
            with self.subTest(text=text[:30]), self.assertRaises(Refusal) as caught:
                parse_rendezvous(text)
            self.assertEqual(caught.exception.outcome, Outcome.BAD_RENDEZVOUS)

    def test_hex(self):
        self.assertEqual(read_hex("00ff"), b"\0\xff")
        for text in ("0", "0F", "zz", " 00", "00\n", "٠٠"):
            with self.assertRaises(ValueError):
                read_hex(text)


class SealTest(unittest.TestCase):
    def test_padding(self):
        for n in (0, 1, 254, 255, 256, 511, 512, 65_534, 65_535):
            blob = b"\x80" * n
            padded = seal.pad(blob)
            self.assertIn(len(padded), seal.BUCKETS)
            self.assertGreaterEqual(len(padded), n + 1)
            self.assertEqual(seal.unpad(padded), blob)
        self.assertEqual(len(seal.pad(b"a" * 255)), 256)
        self.assertEqual(len(seal.pad(b"a" * 256)), 512)

    def test_bad_padding(self):
        for padded in (bytes(256), b"", b"a" * 256, b"\x80" + bytes(511), b"\x80" + bytes(254)):
            with self.assertRaises(seal.MalformedError):
                seal.unpad(padded)

    def test_seal(self):
        key, th = bytearray(32), bytes(32)
        sealed = seal.seal_blob(key, b"hi", th)
        self.assertEqual(len(sealed), 272)
        self.assertEqual(seal.unseal_blob(key, sealed, th), b"hi")
        with self.assertRaises(seal.UnopenedError):
            seal.unseal_blob(key, sealed, bytes(31) + b"1")
        with self.assertRaises(seal.MalformedError):
            seal.unseal_blob(key, sealed[:-1], th)
        self.assertEqual(len(seal.seal(key, b"", th)), 16)
        for receipt in (b"", b"1", bytes(16), bytes(64)):
            with self.assertRaises(seal.UnopenedError):
                seal.unseal(key, receipt, th)

    def test_keys(self):
        keys = Keys(bytes(32), transcript(b"a", 7, b"o" * 33, b"a" * 33))
        self.assertEqual(len(keys.verifier), 8)
        self.assertEqual(len(export(keys.exporter, b"l", 8160)), 8160)
        # KEY-6: the length is part of info, so that no key is the beginning of another.
        info = b"\x00\x20" + b"l"
        self.assertEqual(export(keys.exporter, b"l", 32), expand(keys.exporter, info, 32))
        self.assertNotEqual(export(keys.exporter, b"l", 33)[:32], export(keys.exporter, b"l", 32))
        for label, length in ((b"", 1), (b"l" * 256, 1), (b"l", 0), (b"l", 8161)):
            with self.assertRaises(BadExportError):
                export(keys.exporter, label, length)
        other = Keys(bytes(32), transcript(b"a", 8, b"o" * 33, b"a" * 33))
        self.assertNotEqual(keys.receipt, other.receipt)


class JsonTest(unittest.TestCase):
    def test_good(self):
        for text in (
            b"{}", b' \t\r\n{"a":1} ', b'{"a":"\\ud83d\\ude00"}', b'{"a":1e308}',
            b'{"a":' + b"[" * 15 + b"]" * 15 + b"}", b'{"a":"[[[[[[[[[[[[[[[[[[[[[\\"{{{{{"}',
            b'{"A":1,"a":2}', b'{"a":-0}', b'{"a":1e-999}',
        ):
            strictjson.parse_object(text)

    def test_bad(self):
        for text in (
            b"", b"1", b"[]", b"null", b"{}{}", b"{} x", b"\xef\xbb\xbf{}", b'{"a":NaN}',
            b'{"a":-Infinity}', b'{"a":1e309}', b'{"a":-1e309}', b'{"a":1' + b"0" * 400 + b"}",
            b'{"a":1' + b"0" * 200_000 + b"}", b'{"a":1,"a":1}', b'{"a":1,"\\u0061":1}',
            b'{"b":[{"a":1,"a":1}]}', b'{"a":"\\ud800"}', b'{"\\udc00":1}', b'{"a":"\xff"}',
            b'{"a":"\xed\xa0\x80"}', b'{"a":"\n"}', b'{"a":01}', b'{"a":+1}', b'{"a":.5}',
            b'{"a":1.}', b"{'a':1}", b'{"a":1,}', b"{/**/}", b'{"a":"\\x"}', b'{"a":\xc2\xa01}',
            b'{"a":' + b"[" * 16 + b"]" * 16 + b"}", b'{"a":' * 60_000, b"[" * 262_144,
            b'"' + b'\\"' * 131_000, b'{"a":"', b'{"a":"\\', b'{"a":tru}', b"\0{}", b"{}\0",
        ):
            with self.subTest(text=text[:30]), self.assertRaises(strictjson.MalformedJsonError):
                strictjson.parse_object(text)

    def test_members(self):
        for value in (True, 1.0, "1", None, 0, 10):
            with self.assertRaises(strictjson.MalformedJsonError):
                strictjson.integer({"n": value}, "n", 1, 9)
        for value in ("", "0", "AA", 1, "00" * 65):
            with self.assertRaises(strictjson.MalformedJsonError):
                strictjson.binary({"b": value}, "b", 64)
        with self.assertRaises(strictjson.MalformedJsonError):
            strictjson.string({"s": "ä" * 33}, "s", 64)


if __name__ == "__main__":
    unittest.main()
