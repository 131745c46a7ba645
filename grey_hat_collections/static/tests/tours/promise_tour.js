import { registry } from "@web/core/registry";

const row = (customer) => `.o_data_row:has(td[name=partner_id]:contains("${customer}"))`;
const judged = (customer, state) => ({
    content: `${customer}: ${state}`,
    trigger: `${row(customer)}:has(td[name=state]:contains(${state}))`,
});

/** The accountant registers a payment for the invoice that is on the screen. */
registry.category("web_tour.tours").add("collections_register_payment", {
    steps: () => [
        {
            content: "The invoice says what is promised for when",
            trigger: ".o_field_widget[name=chase_state]:contains(Promised)",
        },
        {
            content: "Pay",
            trigger: "button[name=action_register_payment]",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_create_payments]",
            run: "click",
        },
        {
            content: "It is paid",
            trigger: ".o_form_view:not(:has(button[name=action_register_payment]:visible)):contains(Payments)",
        },
    ],
});

/** The collector sees what became of each promise, whichever way the money came into the books. */
registry.category("web_tour.tours").add("collections_promises_judged", {
    url: "/odoo/collections-promises",
    steps: () => [
        {
            content: "Show those that are not open any more as well",
            trigger: ".o_searchview .o_facet_remove",
            run: "click",
        },
        judged("Registered in the browser", "Kept"),
        judged("Outstanding account", "Kept"),
        judged("No outstanding account", "Kept"),
        judged("Bank statement", "Kept"),
        judged("Unapplied", "Kept"),
        judged("Overpaid", "Kept"),
        judged("Foreign currency", "Kept"),
        judged("In parts", "Light"),
        judged("Reversed", "Broken"),
        judged("Not yet", "Open"),
        {
            content: "Look at the part that came",
            trigger: `${row("In parts")} td[name=amount]`,
            run: "click",
        },
        {
            content: "What was said, and what became of it",
            trigger: ".o_field_widget[name=amount_received]:contains(200.00)",
        },
        {
            trigger: ".o_field_widget[name=amount_outstanding]:contains(300.00)",
        },
        {
            content: "The days on a calendar",
            trigger: ".o_main_navbar button[data-menu-xmlid='grey_hat_collections.collection_menu_promises']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='grey_hat_collections.collection_menu_promise_calendar']",
            run: "click",
        },
        {
            trigger: ".o_calendar_view .fc-event",
        },
    ],
});
