import doctest
import io
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools.pdf import PdfWriter
from PIL import Image

from ...models.page import calendar_file, said
from ...models.page.files import LARGEST, NotAFile, as_file
from .page_common import PageCommon

#: Where the picture was taken: the tag of EXIF that holds latitude and longitude.
GPS = 0x8825


def document(script=None):
    """A page of paper; what a program would run with it."""
    writer = PdfWriter()
    writer.add_blank_page(99, 99)
    if script:
        writer.add_js(script)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind, size=(40, 20), *, with_place=False):
    """A picture as a telephone takes it."""
    exif = Image.Exif()
    if with_place:
        exif[0x010F] = "SecretPhone"
        exif.get_ifd(GPS).update({1: "N", 2: (48.0, 51.0, 29.0)})
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, exif=exif)
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestPageFile(BaseCase):
    """Files are what their content says, amounts what people mean."""

    def test_examples(self):
        for module in (said, calendar_file):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    def test_a_picture_loses_where_it_was_taken(self):
        told = picture("JPEG", with_place=True)
        self.assertTrue(Image.open(io.BytesIO(told)).getexif().get_ifd(GPS))
        file = as_file("../../a\x00b<img>.exe.jpeg", told)
        kept = Image.open(io.BytesIO(file.content))
        self.assertFalse(kept.getexif())
        self.assertNotIn(b"SecretPhone", file.content)
        self.assertEqual((kept.format, file.mimetype), ("JPEG", "image/jpeg"))
        self.assertRegex(file.name, r"^[\w .()-]+\.jpg$")

    def test_what_hangs_on_a_picture_stays_behind(self):
        self.assertNotIn(b"<script>", as_file("x.png", picture("PNG") + b"<script>").content)

    def test_a_large_picture_becomes_smaller_and_a_huge_one_is_refused(self):
        kept = Image.open(io.BytesIO(as_file("x.jpg", picture("JPEG", (5000, 100))).content))
        self.assertEqual(kept.width, 2600)
        with self.assertRaises(NotAFile):
            as_file("x.png", picture("PNG", (10_001, 5_000)))

    def test_documents(self):
        self.assertEqual(as_file("Receipt.JPG", document()).name, "Receipt.pdf")
        for content in (document("app.alert(1)"), b"%PDF-1.4 nothing", document()[:80]):
            with self.assertRaises(NotAFile):
                as_file("x.pdf", content)

    def test_what_only_says_that_it_is_a_picture(self):
        for content in (
            b"MZ\x90\x00" * 99,
            b"<svg onload='x'/>",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff" + b"x" * 99,
            b"GIF89a" * 9,
        ):
            with self.subTest(content[:8]), self.assertRaises(NotAFile):
                as_file("holiday.jpg", content)


@tagged("post_install", "-at_install")
class TestPageFiles(PageCommon):
    """What customers send along with what they say."""

    def _ask(self, *files, **typed):
        return self._do("ask", files=files, words="See there", **typed)

    def test_files_of_a_question_hang_on_the_case(self):
        self._come_by_link()
        self._ask(
            ("label.jpg", picture("JPEG", with_place=True), "image/jpeg"), ("r.pdf", document(), "application/pdf")
        )
        kept = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", "collection.case"), ("res_id", "=", self.case.id)])
        )
        self.assertEqual(set(kept.mapped("name")), {"label.jpg", "r.pdf"})
        self.assertEqual(set(kept.mapped("mimetype")), {"image/jpeg", "application/pdf"})
        self.assertFalse([file for file in kept if file.public])
        self.assertNotIn(b"SecretPhone", b"".join(file.raw for file in kept))

    def test_files_that_are_refused(self):
        self._come_by_link()
        small = ("x.png", picture("PNG"), "image/png")
        for files, sentence in (
            ([("invoice.pdf", b"MZ\x90\x00" * 99, "application/pdf")], "no picture (JPEG, PNG) and no PDF"),
            ([("large.jpg", b"\xff\xd8\xff" + b"x" * LARGEST, "image/jpeg")], "larger than 10 MB"),
            ([small] * 6, "no more than 5 files"),
        ):
            with self.subTest(sentence):
                answer = self._ask(*files)
                self.assertEqual(answer.status_code, 422)
                self.assertIn(sentence, self._problem(answer))
                self.assertIn("attached again", self._problem(answer))
                self.assertEqual(self._fields_of(answer)["words"], "See there")
        self.assertFalse(self._answers())

    def test_more_than_is_taken_in_a_day(self):
        self._come_by_link()
        small = ("x.png", picture("PNG"), "image/png")
        with patch("odoo.addons.grey_hat_collections.models.page.answer.MOST_A_DAY", 3):
            self.assertEqual(self._ask(small, small).status_code, 200)
            self.assertIn("tomorrow", self._problem(self._ask(small, small)))
            self.assertEqual(self._ask(small).status_code, 200)
