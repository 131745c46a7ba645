from functools import wraps
from inspect import signature

from odoo.http import content_disposition, request, route
from odoo.tools import config

from odoo.addons.portal.controllers.portal import CustomerPortal

#: What a page with an account in it tells browsers, search engines and what stands in between.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
#: So often may somebody ask within an hour, by one link and from one address.
MOST_BY_LINK, MOST_BY_ADDRESS = 240, 600
MARK = "collection_page"
#: What is counted by the address of the visitor.
BY_ADDRESS = ("address", "undo")


class Visitor:
    """Who looks at whose account: by a personal link, as a user of the portal, or one of us who looks as the customer would."""

    def __init__(self, partner, company, *, link=None, is_one_of_us=False):
        self.partner = partner
        self.company = company
        self.link = link
        self.is_one_of_us = is_one_of_us


def with_account(handler):
    """Decorates a route that shows an account: whoever may see none gets the page that says so, whatever the reason. What is
    answered is neither stored nor found by anybody.
    """

    @wraps(handler)
    def answer(self, *args, **kwargs):
        visitor = self._collection_visitor()
        if visitor is None:
            return self._collection_nothing()
        request.update_context(lang=request.env["collection.page"].sudo()._language(visitor.partner))
        # sudo: the right to see this account was checked just now; everything is asked for this customer and company
        visitor.partner = visitor.partner.with_env(request.env).sudo()
        visitor.company = visitor.company.with_env(request.env).sudo()
        response = handler(self, visitor, *args, **kwargs)
        response.headers.update(HEADERS)
        return response

    # what an address may say in addition is read off the signature: the visitor never comes from there
    known = signature(handler)
    answer.__signature__ = known.replace(
        parameters=[one for name, one in known.parameters.items() if name != "visitor"]
    )
    return answer


class CollectionPortal(CustomerPortal):
    """The page of a customer. What it shows and does is in ``models/page``; here it is said who may."""

    # -- Who is let in -------------------------------------------------------------------------------------------

    def _collection_visitor(self):
        """Who asks, and for which account; None where there is none to be seen. Each request is asked anew."""
        if self._collection_is_too_often("address", request.httprequest.remote_addr, MOST_BY_ADDRESS):
            return None
        mark = request.session.get(MARK) or {}
        internal = request.env.user._is_internal()
        if internal and (case := request.env["collection.case"]._page_of(mark.get("case") or 0)):
            return Visitor(case.partner_id, case.company_id, is_one_of_us=True)
        if mark.get("link"):
            links = request.env["collection.page.link"].sudo()  # a link is known by its token alone
            link = links._find(mark["link"])
            if not link or self._collection_is_too_often("link", mark["link"], MOST_BY_LINK):
                return None
            return Visitor(link.partner_id, link.company_id, link=link, is_one_of_us=internal)
        return self._collection_portal_visitor()

    def _collection_portal_visitor(self):
        """A user of the portal sees the own customer, in one company at a time."""
        user = request.env.user
        if not user._is_portal():
            return None
        partner = user.partner_id.commercial_partner_id
        companies = request.env["collection.page"].sudo()._accounts(partner)  # which accounts there are
        chosen = request.session.get(f"{MARK}_company")
        company = companies.filtered(lambda one: one.id == chosen)[:1] or companies[:1]
        return Visitor(partner, company) if company else None

    def _collection_is_too_often(self, scope, visitor, limit):
        """Whether too much was asked for. Addresses tell visitors apart only where a proxy passes them on."""
        if not visitor or (scope in BY_ADDRESS and not config["proxy_mode"]):
            return False
        visits = request.env["collection.page.visit"].sudo()  # counted for everybody, read by nobody
        return visits._is_too_often(scope, visitor, limit)

    def _collection_nothing(self):
        """The one answer to all who may see no account: it does not tell whether there ever was one."""
        if request.env.user._is_public() or request.session.get(MARK):
            response = request.render("grey_hat_collections.page_no_account", {"no_breadcrumbs": True}, status=404)
        else:
            response = request.render("grey_hat_collections.page_nothing_open", {"page_name": "collection_account"})
        response.headers.update(HEADERS)
        return response

    def _collection_page(self, template, visitor, values, **how):
        """Show a page of the account of this visitor.

        :param how: of the answer, such as its status
        """
        about = {"visitor": visitor, "page_name": "collection_account", "no_breadcrumbs": bool(visitor.link)}
        return request.render(template, values | about, **how)

    # -- Coming in -----------------------------------------------------------------------------------------------

    @route("/my/balance/open/<string:token>", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def collection_open(self, token):
        """A personal link: remember whose it is in this browser, and go on to an address without the token."""
        fingerprint = request.env["collection.page.link"]._fingerprint(token[:200])
        request.session[MARK] = {"link": fingerprint}
        response = request.redirect("/my/balance", code=303)
        response.headers.update(HEADERS)
        return response

    @route("/my/balance/look/<int:case_id>", type="http", auth="user", website=True, sitemap=False, methods=["GET"])
    def collection_look(self, case_id):
        """One of us looks as the customer would."""
        case = request.env["collection.case"]._page_of(case_id) if request.env.user._is_internal() else None
        if not case:
            return self._collection_nothing()
        request.session[MARK] = {"case": case.id}
        return request.redirect("/my/balance", code=303)

    @route(
        "/my/balance/company/<int:company_id>", type="http", auth="user", website=True, sitemap=False, methods=["GET"]
    )
    def collection_choose_company(self, company_id):
        """A user of the portal who is a customer of several of our companies chooses one."""
        request.session[f"{MARK}_company"] = company_id
        return request.redirect("/my/balance", code=303)

    # -- Looking -------------------------------------------------------------------------------------------------

    @route("/my/balance", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    @with_account
    def collection_account(self, visitor):
        """The account as it is now."""
        page = request.env["collection.page"].sudo()  # see with_account
        others = request.env["res.company"]
        if not visitor.link and not visitor.is_one_of_us:
            others = page._accounts(visitor.partner) - visitor.company
        values = {
            **page._content(visitor.partner, visitor.company),
            "others": others,
        }
        return self._collection_page("grey_hat_collections.page_account", visitor, values)

    @route("/my/balance/opened", type="http", auth="public", website=True, sitemap=False, methods=["POST"])
    @with_account
    def collection_opened(self, visitor):
        """The page is in view: somebody reads it, and no scanner of e-mails."""
        if visitor.link and not visitor.is_one_of_us:
            visitor.link._note_opened()
        return request.make_response("")

    @route("/my/balance/statement", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    @with_account
    def collection_statement(self, visitor):
        """The statement of this moment, to keep."""
        page = request.env["collection.page"].sudo()  # see with_account
        return self._collection_file(page._statement_pdf(visitor.partner, visitor.company))

    @route(
        "/my/balance/invoice/<int:move_id>", type="http", auth="public", website=True, sitemap=False, methods=["GET"]
    )
    @with_account
    def collection_invoice(self, visitor, move_id):
        """The PDF of an invoice."""
        page = request.env["collection.page"].sudo()  # see with_account
        return self._collection_file(page._invoice_pdf(visitor.partner, visitor.company, move_id))

    @route(
        "/my/balance/letter/<int:letter_id>", type="http", auth="public", website=True, sitemap=False, methods=["GET"]
    )
    @with_account
    def collection_letter(self, visitor, letter_id):
        """The PDF of a letter, byte for byte as it left."""
        page = request.env["collection.page"].sudo()  # see with_account
        return self._collection_file(page._letter_pdf(visitor.partner, visitor.company, letter_id))

    def _collection_file(self, file):
        """A PDF to keep; the same answer for all that this account does not have."""
        if not file:
            return self._collection_nothing()
        name, content = file
        return request.make_response(
            content, headers=[("Content-Type", "application/pdf"), ("Content-Disposition", content_disposition(name))]
        )

    # -- The home of the portal ----------------------------------------------------------------------------------

    def _prepare_home_portal_values(self, counters):
        """How many items are open, for the card on the home of the portal."""
        values = super()._prepare_home_portal_values(counters)
        if "collection_open_count" in counters:
            partner = request.env.user.partner_id.commercial_partner_id
            # sudo: the customer's own items, whatever else a user of the portal may read
            page = request.env["collection.page"].sudo()
            companies = page._accounts(partner)
            items = request.env["collection.ledger"].sudo()._open_items(partner, companies)
            values["collection_open_count"] = len([item for item in items if item.residual > 0])
        return values
