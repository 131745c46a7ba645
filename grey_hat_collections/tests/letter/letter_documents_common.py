"""What the stories about documents of letters are told with."""

from lxml import html

from ..common import MONDAY, CollectionCommon, days_ago
from .test_statement import words


class LetterDocumentsCommon(CollectionCommon):
    """Letters, their pages and e-mails."""

    def _begin(self):
        super()._begin()
        self.acme = self._customer()

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _letter(self, partner=None, kind="reminder", step="reminder", **values):
        """A queued letter of a step of the standard policy, as the rules write it; the daily run opens the case."""
        partner = partner or self.acme
        self._daily_run()
        case = self._case(partner).filtered(lambda case: case.company_id == self.company).sudo()
        case.letter_ids.filtered(lambda letter: letter.state == "queued").state = "cancelled"
        before = self.standard.step_ids.browse()
        if step:
            step = self.env.ref(f"grey_hat_collections.step_standard_{step}")
            before = self.standard.step_ids.filtered(lambda one: one.sequence < step.sequence)[-1:]
        if before:
            self._named_by_step(case, before, days_ago(7))
        self.env.flush_all()
        return (
            self.env["collection.letter"]
            .sudo()
            .create(
                {
                    "case_id": case.id,
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "kind": kind,
                    "step_id": step.id if step else False,
                    "amount": case.amount_chased,
                    **values,
                }
            )
        )

    def _pages(self, letters, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.env.user)
        reports = reports if user else reports.sudo()  # as the rules print them
        content, _format = reports._render_qweb_html("grey_hat_collections.report_letter", letters.ids)
        return html.fromstring(content.decode()).xpath("//div[contains(concat(' ', @class, ' '), ' article ')]")

    def _page(self, letter):
        [page] = self._pages(letter)
        return page

    def _items(self, page):
        """The rows of the table of what is asked for, up to the sums."""
        table = page.xpath(".//table[contains(@class, 'ghc_items')]")[0]
        rows = [[words(td) for td in tr.findall("td")] for tr in table.xpath("./tbody/tr")]
        return [row for row in rows if len(row) > 2], [row for row in rows if len(row) == 2]

    def _mail(self, letter):
        return letter._mail_template().send_mail_batch(letter.ids, email_layout_xmlid="grey_hat_collections.mail_frame")
