from odoo.http import request, route

from ..models.page.answer import KINDS
from ..models.page.files import LARGEST, LARGEST_REQUEST, MOST_FILES
from ..models.page.said import LINE, WORDS, Refused
from .page import HEADERS, CollectionPortal, with_account

#: So often may somebody send a form within an hour.
MOST_ANSWERS = 40
TOLD = "collection_page_told"
#: Of what was typed so much is shown again.
SHOWN_AGAIN = 4 * WORDS


class CollectionPortalActions(CollectionPortal):
    """What a customer does on the page: forms, and what they send. Who may is said in ``controllers/page.py``, what is done in
    ``models/page``.
    """

    @route()
    def collection_account(self, **kwargs):
        """What was done by a form is told once, on the page that the form leads back to."""
        response = super().collection_account(**kwargs)
        if getattr(response, "qcontext", None) and "actions" in response.qcontext:
            response.qcontext["told"] = self._collection_told(response.qcontext["visitor"])
        return response

    def _collection_told(self, visitor):
        """The answer that was given by this browser a moment ago; none once it was told."""
        answers = request.env["collection.page.answer"].sudo()  # only that of this account is shown
        number = request.session.pop(TOLD, None)
        if not number:
            return answers
        return (
            answers.browse(number)
            .exists()
            .filtered(lambda one: one.partner_id == visitor.partner and one.company_id == visitor.company)
        )

    # -- Forms ---------------------------------------------------------------------------------------------------

    @route("/my/balance/do/<string:kind>", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    @with_account
    def collection_form(self, visitor, kind, dispute="", **_typed):
        """The form of one action."""
        return self._collection_form(visitor, kind, {"dispute": dispute})

    @route(
        "/my/balance/do/<string:kind>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
        max_content_length=LARGEST_REQUEST,
    )
    @with_account
    def collection_do(self, visitor, kind, **posted):
        """What was typed into a form: done once, and told on the page; or refused in a sentence, with what was typed."""
        if visitor.is_one_of_us or kind not in dict(KINDS):
            return self._collection_nothing()
        who = visitor.link.id if visitor.link else request.env.uid
        if self._collection_is_too_often("answer", f"{bool(visitor.link)} {who}", MOST_ANSWERS):
            return self._collection_form(
                visitor,
                kind,
                posted,
                request.env._("That was often within an hour. Please try again later, or call us."),
            )
        typed = {name: value for name, value in posted.items() if isinstance(value, str)}
        answers = request.env["collection.page.answer"]
        try:
            answer = answers._submit(
                kind,
                visitor.partner,
                visitor.company,
                posted=typed,
                files=self._collection_files(),
                link=visitor.link,
                person=None if visitor.link else request.env.user.name,
            )
        except Refused as refused:
            return self._collection_form(visitor, kind, typed, str(refused))
        request.session[TOLD] = answer.id
        return request.redirect("/my/balance", code=303)

    def _collection_files(self):
        """Name and content of each file; of one that is too large no more than shows it."""
        files = request.httprequest.files.getlist("files")[: MOST_FILES + 1]
        return [(file.filename or "", file.stream.read(LARGEST + 1)) for file in files]

    def _collection_form(self, visitor, kind, typed, problem=""):
        """The form, with what was typed and why it was not taken."""
        page = request.env["collection.page"].sudo()  # see with_account
        if visitor.is_one_of_us or kind not in dict(KINDS):
            return self._collection_nothing()
        if kind not in page._offered(visitor.partner, visitor.company):
            template = "grey_hat_collections.page_not_possible"
            return self._collection_page(template, visitor, {"problem": problem}, status=409)
        values = {
            **page._form(kind, visitor.partner, visitor.company),
            "typed": {name: str(value)[:SHOWN_AGAIN] for name, value in typed.items()},
            "problem": problem,
            "line": LINE,
            "most_words": WORDS,
        }
        return self._collection_page("grey_hat_collections.page_form", visitor, values, status=422 if problem else 200)

    # -- Calendar ------------------------------------------------------------------------------------------------

    @route(
        "/my/balance/calendar/<int:answer_id>", type="http", auth="public", website=True, sitemap=False, methods=["GET"]
    )
    @with_account
    def collection_calendar(self, visitor, answer_id):
        """A day, or several, for the customer's own calendar."""
        answers = request.env["collection.page.answer"].sudo()  # see with_account
        answer = answers.search(
            [
                ("id", "=", answer_id),
                ("partner_id", "=", visitor.partner.id),
                ("company_id", "=", visitor.company.id),
                ("state", "!=", "undone"),
            ]
        )
        content = answer and answer._calendar()
        if not content:
            return self._collection_nothing()
        headers = [
            ("Content-Type", "text/calendar; charset=utf-8"),
            ("Content-Disposition", f'attachment; filename="{answer.kind}.ics"'),
        ]
        return request.make_response(content, headers=headers)

    # -- That was not us -----------------------------------------------------------------------------------------

    @route("/my/balance/undo/<string:token>", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def collection_undo(self, token):
        """What would be undone: whoever only follows the link changes nothing."""
        return self._collection_undo_page(token)

    @route("/my/balance/undo/<string:token>", type="http", auth="public", website=True, sitemap=False, methods=["POST"])
    def collection_undo_now(self, token, **_typed):
        """Undo what was done on the page by somebody else."""
        if answer := self._collection_to_undo(token):
            answer._undo()
        return self._collection_undo_page(token)

    def _collection_to_undo(self, token):
        answers = request.env["collection.page.answer"]
        if self._collection_is_too_often("undo", request.httprequest.remote_addr, MOST_ANSWERS):
            return answers
        return answers._find_to_undo(token[:200])

    def _collection_undo_page(self, token):
        answer = self._collection_to_undo(token)
        if not answer:
            return self._collection_nothing()
        page = request.env["collection.page"].sudo()  # the language of whoever the token was sent to
        request.update_context(lang=page._language(answer.partner_id))
        sentence = request.env._("This was done on the page of your account with %s:", answer.company_id.name)
        values = {"answer": answer, "sentence": sentence, "token": token, "no_breadcrumbs": True}
        response = request.render("grey_hat_collections.page_undo", values)
        response.headers.update(HEADERS)
        return response
