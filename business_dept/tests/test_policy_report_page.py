# Part of business_dept. See LICENSE file for full copyright and licensing details.
import io
import re
import string
import struct
import zlib

import qrcode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode.util import QRData

from odoo.tests import BaseCase, tagged

from ..policy.qr_code import qr_svg
from ..policy.report_page import (
    ALPHABET,
    CODE_LENGTH,
    MOST_SOURCES,
    SourceLimiter,
    clean_text,
    hash_code,
    make_code,
    make_stamp,
    network_of,
    normal_code,
    stamp_age,
)
from ..policy.report_photo import KEPT_SIDE, MAX_BYTES, MAX_PIXELS, PhotoRefused, check_photo, repaint_photo

QUICK = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def make_photo(size=(40, 30), kind="JPEG", color="red", **options):
    """A picture as a file."""
    output = io.BytesIO()
    Image.new("RGB", size, color).save(output, kind, **options)
    return output.getvalue()


def make_bomb(width=60_000, height=60_000):
    """A PNG of few bytes that says it is huge."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@tagged("post_install", "-at_install")
class TestPolicyReportPage(BaseCase):
    """What the report page needs beside its records (SM-4.2.2, SD-12)."""

    def test_code(self):
        """SM-4.2.2: a return code has at least 60 bits, and is read in whatever way it is typed."""
        codes = {make_code() for _code in range(500)}
        self.assertEqual(len(codes), 500)
        self.assertGreaterEqual(len(ALPHABET) ** CODE_LENGTH, 2 ** 60)
        for code in codes:
            plain = code.replace("-", "")
            wide = "".join(chr(ord(sign) + 0xFEE0) for sign in plain)
            misread = code.replace("0", "O").replace("1", "l")
            for typed in (code, code.lower(), plain, f"  {code} ", code.replace("-", " "), misread, wide):
                self.assertEqual(normal_code(typed), plain)
        for typed in ("", "ABCD", "U" * 16, "é" * 16, "0" * 17, "9" * 100_000, "'; DROP TABLE"):
            self.assertIsNone(normal_code(typed))

    @QUICK
    @given(st.text(alphabet=ALPHABET, min_size=16, max_size=16), st.text(min_size=1), st.text(min_size=1))
    def test_hash(self, code, salt, other):
        """SM-4.2.2: the hash is of this code and this salt, and does not contain the code."""
        self.assertEqual(hash_code(code, salt), hash_code(code, salt))
        self.assertNotIn(code, hash_code(code, salt).upper())
        if salt != other:
            self.assertNotEqual(hash_code(code, salt), hash_code(code, other))

    @QUICK
    @given(st.integers(0, 2 ** 32), st.integers(0, 10 ** 6))
    def test_stamp(self, given_at, later):
        """SM-4.2.2: a stamp says how old a form is, for the page that gave it out, and cannot be made elsewhere."""
        stamp = make_stamp("salt", "page", given_at)
        self.assertEqual(stamp_age(stamp, "salt", "page", given_at + later), later)
        for forged in (stamp_age(stamp, "salt", "other", given_at), stamp_age(stamp, "pepper", "page", given_at),
                       stamp_age(f"{given_at + 1:x}.{stamp.partition('.')[2]}", "salt", "page", given_at)):
            self.assertIsNone(forged)

    @QUICK
    @given(st.text())
    def test_stamp_rubbish(self, rubbish):
        """SM-4.2.2: whatever is sent as a stamp is answered, and is none."""
        self.assertIsNone(stamp_age(rubbish, "salt", "page", 0))

    @QUICK
    @given(st.text(), st.booleans())
    def test_clean(self, text, multiline):
        """SM-4.2.2: words keep no control characters, and are clean when they are cleaned again."""
        cleaned = clean_text(text, multiline)
        self.assertEqual(clean_text(cleaned, multiline), cleaned)
        self.assertFalse(set(cleaned) & (set(map(chr, range(32))) - ({"\n"} if multiline else set())))

    def test_clean_keeps(self):
        """SM-4.2.2: ordinary words, lines and markup stay as they were typed; what turns a text around goes."""
        self.assertEqual(clean_text("钢化炉\r\n\r\n\r\n\r\n旁边 <b>漏</b>\0油", True), "钢化炉\n\n旁边 <b>漏</b>油")
        self.assertEqual(clean_text("a\u202eb\nc"), "abc")

    def test_network(self):
        """SM-4.2.2: the networks that count as one source."""
        for address, network in (
            ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"), ("fe80::1%eth0", "fe80::/64"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("unix:", "unix:"), ("", ""),
        ):
            self.assertEqual(network_of(address), network)

    def test_limiter(self):
        """SM-4.2.2: a source is counted within the hour; afterwards it has another name, and nothing is left of the first."""
        now = [7200.0]
        limiter = SourceLimiter(clock=lambda: now[0])
        source = limiter.name_source("203.0.113.7")
        self.assertNotIn("203", source)
        self.assertEqual(limiter.name_source("203.0.113.7"), source)
        self.assertNotEqual(limiter.name_source("203.0.113.8"), source)
        for _time in range(3):
            self.assertFalse(limiter.is_full(source, "report", 3))
            limiter.count(source, "report")
        self.assertTrue(limiter.is_full(source, "report", 3))
        self.assertFalse(limiter.is_full(source, "code", 3))
        self.assertFalse(limiter.is_full(source, "report", 0))
        now[0] += 3600
        self.assertNotEqual(limiter.name_source("203.0.113.7"), source)
        self.assertFalse(limiter.is_full(source, "report", 1))
        self.assertEqual(limiter._counts, {})
        self.assertNotEqual(SourceLimiter(clock=lambda: 7200.0).name_source("203.0.113.7"), source)

    def test_limiter_flood(self):
        """SM-4.2.2: however many sources ask, the memory stays within bounds."""
        limiter = SourceLimiter(clock=lambda: 0.0)
        for number in range(MOST_SOURCES + 1000):
            limiter.count(str(number), "report")
        self.assertEqual(len(limiter._counts), MOST_SOURCES)

    def test_photo(self):
        """SM-4.2.2: JPEG, PNG and WebP are painted anew; nothing of the file but the picture is left."""
        exif = Image.Exif()
        exif[0x010F], exif[0x013B], exif[0x0112] = "MarkerCamera", "MarkerArtist", 6
        exif.get_ifd(0x8825)[29] = "2024:01:02"
        for kind, options in (("JPEG", {"comment": b"MarkerComment"}), ("PNG", {}), ("WEBP", {"lossless": True})):
            photo = make_photo((4000, 1000), kind, exif=exif, **options) + b"MarkerTail<script>"
            check_photo(photo)
            painted = repaint_photo(photo)
            self.assertNotIn(b"Marker", painted)
            with Image.open(io.BytesIO(painted)) as image:
                self.assertEqual((image.format, max(image.size)), ("JPEG", KEPT_SIDE))
                self.assertGreater(image.height, image.width, "turned as the camera was held")
                self.assertFalse(image.getexif())
                self.assertNotIn("comment", image.info)
                self.assertNotIn("icc_profile", image.info)

    def test_photo_transparent(self):
        """SM-4.2.2: what is transparent becomes white."""
        output = io.BytesIO()
        Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(output, "PNG")
        with Image.open(io.BytesIO(repaint_photo(output.getvalue()))) as image:
            self.assertGreater(min(image.getpixel((5, 5))), 250)

    def test_photo_of_noise(self):
        """SD-12: what does not compress is kept smaller: a flood of photos fills no disk."""
        noise = Image.merge("RGB", [Image.effect_noise((2400, 2400), 120) for _band in range(3)])
        output = io.BytesIO()
        noise.save(output, "JPEG", quality=95)
        self.assertLessEqual(len(repaint_photo(output.getvalue())), MAX_BYTES)

    def test_photo_cut_short(self):
        """SM-4.2.2: of a photo that did not arrive as a whole, what arrived is painted, or it is refused."""
        for kind in ("JPEG", "PNG", "WEBP"):
            output = io.BytesIO()
            Image.effect_noise((100, 100), 50).save(output, kind)
            with self.subTest(kind):
                try:
                    self.assertEqual(repaint_photo(output.getvalue()[:len(output.getvalue()) // 2])[:2], b"\xff\xd8")
                except PhotoRefused as error:
                    self.assertIn(error.reason, ("broken", "type"))

    def test_photo_refused(self):
        """SM-4.2.2: a file is judged by its content: no SVG, HTML, archive, GIF or program under the name of a photo."""
        for content, reason in (
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "type"),
            (b"<html><script>alert(1)</script></html>", "type"), (b"PK\x03\x04" + b"\0" * 100, "type"), (b"", "type"),
            (b"MZ\x90", "type"), (b"%PDF-1.7", "type"), (make_photo(kind="GIF"), "type"), (make_photo(kind="BMP"), "type"),
            (make_bomb(), "pixels"), (make_bomb(MAX_PIXELS + 1, 1), "pixels"), (make_bomb(20_000, 20), "pixels"),
        ):
            with self.subTest(content[:12]), self.assertRaises(PhotoRefused) as caught:
                check_photo(content)
            self.assertEqual(caught.exception.reason, reason)

    @QUICK
    @given(st.binary(max_size=300), st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 200))
    def test_photo_rubbish(self, rubbish, kind, where):
        """SM-4.2.2: a damaged or made-up file is refused in words or painted, and breaks nothing else."""
        photo = make_photo(kind=kind)
        for content in (rubbish, photo[:where] + rubbish + photo[where:]):
            try:
                self.assertEqual(repaint_photo(content)[:2], b"\xff\xd8")
            except PhotoRefused as error:
                self.assertIn(error.reason, ("type", "pixels", "broken"))

    def test_qr_code(self):
        """SM-4.2.2: the drawing is the code that another program makes of the same address."""
        text = "https://erp.example.com/safety/report/Y2v5H3vlXqwl6KZnffCL4eLY"
        svg = qr_svg(text)
        count = int(re.search(r'viewBox="0 0 (\d+)', svg).group(1)) - 8
        drawn = {(int(row) - 4, int(column) - 4) for column, row in re.findall(r"M(\d+) (\d+)h1v1", svg)}
        expected = []
        for mask in range(8):
            code = qrcode.QRCode(version=(count - 17) // 4, error_correction=qrcode.ERROR_CORRECT_M, mask_pattern=mask)
            code.add_data(QRData(text, mode=4))
            code.make(fit=False)
            expected.append({(row, column) for row in range(count) for column in range(count) if code.modules[row][column]})
        self.assertIn(drawn, expected)

    def test_alphabet(self):
        """SM-4.2.2: no sign of a code is mistaken for another."""
        self.assertEqual(set(string.digits + string.ascii_uppercase) - set(ALPHABET), set("ILOU"))
