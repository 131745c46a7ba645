from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from odoo.addons.grey_hat_collections.controllers.page import CollectionPortal, with_account
from odoo.addons.payment.controllers.portal import PaymentPortal
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing


class CollectionPayPortal(CollectionPortal, PaymentPortal):
    """Paying on the customer's page: choose, pay, and see what came of it. What can be paid is said in ``models``; here it is
    said who may, and that the browser has no say in amount, currency, payer or where it comes back to.
    """

    # -- Choosing ------------------------------------------------------------------------------------------------

    @route("/my/balance/pay", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    @with_account
    def collection_pay_choose(self, visitor):
        """What can be paid, with what is overdue ticked."""
        return self._collection_choices(visitor)

    @route("/my/balance/pay", type="http", auth="public", website=True, sitemap=False, methods=["POST"])
    @with_account
    def collection_pay_chosen(self, visitor, part_item="", part_amount="", **_fields):
        """Remember what was chosen, and go on to paying it."""
        if visitor.is_one_of_us:
            return request.redirect("/my/balance", code=303)
        item_ids = [self._cast_as_int(one) for one in request.httprequest.form.getlist("item")]
        part_id = self._cast_as_int(part_item)
        selections = request.env["collection.page.selection"].sudo()  # see with_account
        try:
            selection = selections._choose(
                visitor.partner,
                visitor.company,
                item_ids,
                part=(part_id, part_amount) if part_item else None,
                link=visitor.link,
            )
        except UserError as error:
            typed = {"items": set(item_ids), "part_item": part_id, "part_amount": part_amount[:20]}
            return self._collection_choices(visitor, typed, str(error))
        return request.redirect(selection._path(), code=303)

    def _collection_choices(self, visitor, typed=None, problem=""):
        page = request.env["collection.page"].sudo()  # see with_account
        values = {
            "company": visitor.company,
            "groups": page._pay_content(visitor.partner, visitor.company),
            "agency": page._agency(page._open_case(visitor.partner, visitor.company)),
            "pays_online": page._pays_online(visitor.company),
            "typed": typed or {},
            "problem": problem,
        }
        return self._collection_page("grey_hat_collections_payment.page_choose", visitor, values)

    # -- Paying --------------------------------------------------------------------------------------------------

    @route(
        "/my/balance/pay/<int:selection_id>", type="http", auth="public", website=True, sitemap=False, methods=["GET"]
    )
    @with_account
    def collection_pay(self, visitor, selection_id):
        """The form that pays what was chosen; once it is paid, what came of it. The browser comes back to here, too."""
        selection = request.env["collection.page.selection"].sudo()._find(selection_id, visitor)  # see with_account
        if not selection:
            return self._collection_nothing()
        values = {**selection._content(), "company": visitor.company}
        if values["can_pay"]:
            values |= self._collection_pay_form(selection, visitor)
        return self._collection_page("grey_hat_collections_payment.page_pay", visitor, values)

    def _collection_pay_form(self, selection, visitor):
        """What Odoo's form for paying needs. Nobody saves a way to pay here, and by a link nobody uses one."""
        providers, methods, tokens, report = selection._ways_to_pay(self._collection_user(visitor))
        return {
            "amount": selection.amount,
            "currency": selection.currency_id,
            "partner_id": selection.partner_id.id,
            "reference_prefix": selection._reference(),
            "providers_sudo": providers,
            "payment_methods_sudo": methods,
            "tokens_sudo": tokens,
            "availability_report": report,
            "show_tokenize_input_mapping": dict.fromkeys(providers.ids, False),
            "transaction_route": f"/my/balance/transaction/{selection.id}",
            "landing_route": selection._path(),
            "access_token": selection._nonce(),
            "submit_button_label": request.env._("Pay %s", selection._amount_in_words()),
        }

    def _collection_user(self, visitor):
        """The contact of the user of the portal who pays; none for whoever came by a link."""
        return None if visitor.link else request.env.user.partner_id.sudo()  # their own saved ways to pay

    @route("/my/balance/transaction/<int:selection_id>", type="jsonrpc", auth="public")
    def collection_pay_transaction(
        self,
        selection_id,
        provider_id=None,
        payment_method_id=None,
        token_id=None,
        flow=None,
        access_token=None,
        **kwargs,
    ):
        """Begin to pay what was chosen. Of what the browser sends count provider, method and flow, and the nonce of the form.

        :return: what Odoo's form goes on with
        """
        self._validate_transaction_kwargs(kwargs)
        visitor = self._collection_visitor()
        if visitor is None or visitor.is_one_of_us:
            raise AccessError(request.env._("Your link does not work any more. Please open it again."))
        request.update_context(lang=request.env["collection.page"].sudo()._language(visitor.partner))
        # sudo: the right to pay this account was checked just now
        selection = request.env["collection.page.selection"].sudo()._find(self._cast_as_int(selection_id) or 0, visitor)
        if not selection or not selection._is_nonce(access_token):
            raise AccessError(request.env._("Please go back to your account and choose again."))
        selection._begin()
        user = self._collection_user(visitor)
        provider_id, payment_method_id, token_id = map(self._cast_as_int, (provider_id, payment_method_id, token_id))
        selection._check_way_to_pay(flow, provider_id, payment_method_id, token_id, user)
        begun = selection._begun(provider_id, payment_method_id, f"online_{flow}")
        if begun:
            PaymentPostProcessing.monitor_transaction(begun)
            return begun._get_processing_values()
        transaction = self._create_transaction(
            provider_id=provider_id,
            payment_method_id=payment_method_id,
            token_id=token_id,
            amount=selection.amount,
            currency_id=selection.currency_id.id,
            partner_id=selection.partner_id.id,
            flow=flow,
            tokenization_requested=False,
            landing_route=selection._path(),
            reference_prefix=selection._reference(),
            custom_create_values={
                "collection_selection_id": selection.id,
                "invoice_ids": [Command.set(selection._invoices().ids)],
                "tokenize": False,  # whatever a provider would like: here nobody saves a way to pay
            },
        )
        return transaction._get_processing_values()
