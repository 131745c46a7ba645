import logging
from base64 import b64encode

from odoo import models
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.graphics.shapes import Rect
from reportlab.lib.colors import black, white

from .collection_statement import _in_own_currency

_logger = logging.getLogger(__name__)
#: The picture of a code, in points.
CODE_SIZE = 92
#: The mark of Odoo's Swiss codes, and the cross that stands in their middle, a part of the whole: its ground, and what is on it,
#: as shares of that part with their color and the sides of their shape.
SWISS = "ch_cross"
CROSS_SHARE = 7 / 46
CROSS = (
    (CROSS_SHARE * 8 / 7, white, (1, 1)),
    (CROSS_SHARE, black, (1, 1)),
    (CROSS_SHARE, white, (0.6, 0.18)),
    (CROSS_SHARE, white, (0.18, 0.6)),
)
#: Where it is remembered why an account has no code of a kind, while documents are made.
WAYS = "collection_pay_ways"
#: So much text fits into a payment code.
REFERENCE_LENGTH = 140


class CollectionStatement(models.AbstractModel):
    """Statements, letters and the customer's page show a code that a banking app pays with: account, amount and reference.

    Which codes there are depends on Odoo's add-ons (SEPA, Swiss QR bill, …), which say themselves what they need. Where none can
    be made there is none, without a word: the bank details are there as well.
    """

    _inherit = "collection.statement"

    def _statements(self, accounts, items=None, langs=None):
        return super(CollectionStatement, self._with_ways())._statements(accounts, items, langs)

    def _letters(self, letters):
        return super(CollectionStatement, self._with_ways())._letters(letters)

    def _with_ways(self):
        """While documents are made, it is known which codes an account can have: Odoo looks that up each time."""
        return self if WAYS in self.env.context else self.with_context(**{WAYS: {}})

    def _fetch_items(self, items):
        result = super()._fetch_items(items)
        lines = self.env["account.move.line"].browse([item.id for item in items])
        lines.move_id.fetch(["partner_bank_id"])
        return result

    def _account(self, items, company, banks, words):
        codes = self._pay_codes(self._left_to_pay(items), items, company, words)
        return super()._account(items, company, banks, words) | {"pay_codes": codes}

    def _letter(self, letter, items, named):
        """A letter has the codes for what it asks for; an agreement and an answer ask for nothing of today."""
        asked = [item for item in items if item.id in named and self._is_listed(letter, item) and letter._asked(item)]
        codes = self._pay_codes(self._sums_asked(letter, asked), asked, letter.company_id, self._phrasing(letter.lang))
        return super()._letter(letter, items, named) | {"pay_codes": codes}

    def _left_to_pay(self, items):
        """What is left to pay, by currency: less credits, what is on its way or disputed, and what an agency has."""
        sums = {}
        for item in items:
            if item.with_agency:
                continue
            currency = self.env["res.currency"].browse(item.currency_id)
            waiting = item.under_way + item.disputed if item.residual > 0 else 0.0
            left = item.residual_currency - (_in_own_currency(item, waiting) if waiting else 0.0)
            sums[currency] = sums.get(currency, 0.0) + left
        return sums

    def _pay_codes(self, sums, items, company, words):
        """The payment codes, one for each currency that can have one: ``picture``, ``amount`` and ``account``, in words.

        :param sums: what is to be paid, by currency
        """
        codes = []
        for currency, total in sums.items():
            amount = currency.round(total)
            paid = [
                item for item in items if item.currency_id == currency.id and item.residual > 0 and not item.with_agency
            ]
            if currency.compare_amounts(amount, 0.0) <= 0 or not paid:
                continue
            lines = self.env["account.move.line"].browse([item.id for item in paid])
            bank = self._bank_to_pay_into(lines.move_id, currency, company)
            debtor = self.env["res.partner"].browse(paid[0].partner_id)
            picture = self._pay_code(bank, amount, currency, debtor, lines)
            if picture:
                codes.append(
                    {"picture": picture, "amount": words.money(amount, currency), "account": bank.acc_number or ""}
                )
        return codes

    def _bank_to_pay_into(self, moves, currency, company):
        """The account on the invoices, where they agree on one of ours; else our first one that is trusted."""
        company = company.sudo()  # as for _banks: where to pay is on every invoice
        ours = (company | company.parent_ids).partner_id.bank_ids.filtered(
            lambda bank: not bank.currency_id or bank.currency_id == currency
        )
        named = moves.sudo().partner_bank_id
        if len(named) == 1 and named in ours:
            return named
        own = ours.filtered(lambda bank: bank.partner_id == company.partner_id)
        return own.filtered("allow_out_payment")[:1]

    def _pay_code(self, bank, amount, currency, debtor, lines):
        """The picture of one payment code, as Odoo makes it; an empty string where it makes none.

        A reference that is made for machines is one invoice's. For several there is none: an account that needs one has no code.
        """
        if not bank:
            return ""
        moves = lines.move_id
        references = dict.fromkeys(line.move_id.payment_reference or line._collection_number() for line in lines)
        structured = moves.payment_reference or "" if len(moves) == 1 else ""
        try:
            words = _as_far_as_fits(references)
            for kind in self._kinds_of_code(bank, currency, debtor.sudo()):
                if not bank._check_for_qr_code_errors(kind, amount, currency, debtor.sudo(), words, structured):
                    return self._draw_pay_code(bank, (kind, amount, currency, debtor.sudo(), words, structured))
        except Exception:
            # whatever other add-ons make of an odd name, or lack for drawing, must not keep a letter from leaving
            _logger.info("No payment code for account %s and customer %s", bank.id, debtor.id, exc_info=True)
        return ""

    def _kinds_of_code(self, bank, currency, debtor):
        """The kinds of codes that this account can have for a customer in this country, Odoo's first choice first."""
        known = self.env.context.get(WAYS, {})
        key = (bank.id, currency.id, debtor.country_id.id)
        if key not in known:
            kinds = [kind for kind, _name in bank.get_available_qr_methods_in_sequence()]
            known[key] = [kind for kind in kinds if not bank._get_error_messages_for_qr(kind, debtor, currency)]
        return known[key]

    def _draw_pay_code(self, bank, values):
        """The picture of what Odoo says, as lines that a printer keeps sharp; of a kind that we do not know, as Odoo draws it,
        which takes more of the system than that.
        """
        said = bank._get_qr_code_generation_params(*values)
        mask = said.get("mask")
        if said["barcode_type"] != "QR" or mask not in (None, "", SWISS):
            return bank._get_qr_code_base64(*values) or ""
        return _as_picture(said["value"], with_cross=mask == SWISS)


def _as_picture(text, with_cross=False):
    """A code of this text, ready to stand in a document; a Swiss one with the cross in its middle."""
    drawing = createBarcodeDrawing("QR", value=text, barLevel="M", barBorder=0, width=CODE_SIZE, height=CODE_SIZE)
    if with_cross:
        for share, color, shape in CROSS:
            width, height = (CODE_SIZE * side * share / drawing.transform[0] for side in shape)
            middle = CODE_SIZE / drawing.transform[0] / 2
            drawing.add(Rect(middle - width / 2, middle - height / 2, width, height, fillColor=color, strokeColor=None))
    return f"data:image/svg+xml;base64,{b64encode(drawing.asString('svg').encode()).decode()}"


def _as_far_as_fits(references):
    """These references with commas between, the last ones left out where they are too long together.

    >>> _as_far_as_fits(["INV/1", "INV/2"])
    'INV/1, INV/2'
    """
    text = ""
    for reference in references:
        longer = f"{text}, {reference}" if text else reference[:REFERENCE_LENGTH]
        if len(longer) > REFERENCE_LENGTH:
            break
        text = longer
    return text
