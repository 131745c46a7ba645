from lxml import html
from markupsafe import Markup
from odoo import api, models

from ..engine import wording

#: Where the shipped words of letters stand.
TEMPLATES = ("letter_opening", "letter_next_steps", "letter_closing")


class CollectionStatement(models.AbstractModel):
    """The words of letters: those that come with the add-on, and those that somebody has put in their place."""

    _inherit = "collection.statement"

    def _letters(self, letters):
        """Each letter says what was edited for it in its language; read at once for all of them."""
        pages = super()._letters(letters)
        held = self.env["collection.wording"]._read_for(letters)
        for letter, page in zip(letters, pages, strict=True):
            words = self._words_to_fill(letter, page) if held[letter.id] else {}
            page["wording"] = {
                passage: self._paragraphs(one.text, words, "ghc_signature" if passage == "regards" else "")
                for passage, one in held[letter.id].items()
            }
        return pages

    def _words_to_fill(self, letter, page):
        """What stands in place of the words in braces."""
        person = page["person"]
        words = {
            "customer": page["names"][0] if page["names"] else "",
            "company": letter.company_id.sudo().name,  # as on the paper of the company
            "amount": " + ".join(page["amounts"]),
            "date": page["date"],
            "reference": page["name"],
            "contact": ", ".join(filter(None, (person["name"], person["phone"], person["email"]))),
            "sender": person["name"],
            "phone": person["phone"],
            "email": person["email"],
            "oldest_due": page["oldest_due"],
            "pay_by": page["pay_by"],
            "agreed": page.get("plan", {}).get("agreed", ""),
            "raised": page.get("resolution", {}).get("raised", ""),
        }
        if letter.kind == "final_notice":
            words["what_follows"] = self._one_line(
                self._render_words("letter_what_follows", {"account": page}, page["lang"])
            )
        return words

    @api.model
    def _paragraphs(self, text, words, css_class=""):
        """What somebody typed, as paragraphs of a letter. All of it is text: nothing that is typed or filled in is markup."""
        style = Markup(' class="%s"') % css_class if css_class else Markup()
        return Markup().join(
            Markup("<p%s>%s</p>") % (style, Markup("<br/>").join(self._line(line, words) for line in lines))
            for lines in wording.paragraphs(text)
        )

    @api.model
    def _line(self, line, words):
        return Markup().join(
            (Markup("<strong>%s</strong>") if part.bold else Markup("%s")) % wording.filled(part.text, words)
            for part in wording.parts(line)
        )

    # -- As they are shipped -------------------------------------------------------------------------------------

    @api.model
    def _shipped(self, kind, tone, lang):
        """The words that come with the add-on for a letter, as somebody would type them, by passage.

        :rtype: dict[str, str]
        """
        person = {"name": "{contact}", "phone": "", "email": ""}
        account = {
            "kind": kind,
            "tone": tone or "friendly",
            "wording": {},
            "requests": [{}],
            "riding": [],
            "also_open": [],
            "pay_by": "{pay_by}",
            "after_notice": "words",
            "person": person,
            "plan": {"agreed": "{agreed}"},
            "resolution": {"raised": "{raised}"},
            "amounts_in_total": [],
        }
        values = {"account": account, "company": self.env["res.company"]}
        found = {}
        for template in TEMPLATES:
            page = html.fragment_fromstring(str(self._render_words(template, values, lang)), "div")
            for paragraph in page.xpath(".//p[@data-passage]"):
                found.setdefault(paragraph.get("data-passage"), []).append(_typed(paragraph))
        return {passage: "\n\n".join(texts) for passage, texts in found.items()}

    @api.model
    def _render_words(self, template, values, lang):
        return self.env["ir.qweb"].with_context(lang=lang)._render(f"grey_hat_collections.{template}", values)

    @api.model
    def _one_line(self, rendered):
        return " ".join(html.fragment_fromstring(str(rendered), "div").text_content().split())


def _typed(paragraph):
    """A paragraph as somebody would type it: bold words between asterisks, one line for each break."""
    for bold in paragraph.xpath(".//strong"):
        words = " ".join(bold.text_content().split())
        for child in list(bold):
            bold.remove(child)
        bold.text = f"*{words}*" if words else ""
    for end in paragraph.xpath(".//br"):
        end.tail = "\0" + (end.tail or "")
    text = " ".join(paragraph.text_content().split())
    return "\n".join(line.strip() for line in text.split("\0"))
