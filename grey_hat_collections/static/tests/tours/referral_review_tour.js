import { registry } from "@web/core/registry";

const card = (customer) => `.o_kanban_record:contains(${customer})`;
const column = (stage) => `.o_kanban_group:has(.o_kanban_header:contains(${stage}))`;
const row = (customer) => `.o_data_row:contains(${customer})`;
const missing = (text) => `.o_field_widget[name=referral_checklist] li[data-mark=missing]:contains(${text})`;
const met = (text) => `.o_field_widget[name=referral_checklist] li[data-mark=fine]:contains(${text})`;

/** A card is not dragged to the agency; the refusal says what is missing, and the case shows the whole list. */
registry.category("web_tour.tours").add("collections_refused_agency", {
    steps: () => [
        {
            content: "The card says that the account is in the window",
            trigger: `${card("Acme")} [name=referral_window]:contains(In the window)`,
        },
        {
            trigger: card("Acme"),
            run: `drag_and_drop (${column("With agency")})`,
        },
        {
            content: "Why not, and what to do first",
            trigger:
                ".modal-body:contains(only through a referral):contains(10 of 11):contains(Nobody has talked to the customer)",
        },
        {
            trigger: ".modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The case itself",
            trigger: `${column("Reminder")} ${card("Acme")}`,
            run: "click",
        },
        {
            trigger: ".o_notebook a[name=referral]",
            run: "click",
        },
        {
            trigger: missing("Last call"),
        },
        {
            trigger: met("Final notice"),
        },
    ],
});

/** A manager looks at who is in the window, reads checklist and figures, goes on to the next and gives more time. */
registry.category("web_tour.tours").add("collections_referral_review", {
    steps: () => [
        {
            content: "The window that closes first is on top",
            trigger: `.o_data_row:first:contains(Acme):contains(Window Closes):contains(11 of 11)`,
        },
        {
            content: "What is missing first stands in the list",
            trigger: `${row("Bolt")}:contains(In the Window):contains(10 of 11):contains(Nobody has talked to the customer)`,
        },
        {
            trigger: `${row("Acme")} td[name=partner_id]`,
            run: "click",
        },
        {
            content: "The checklist",
            trigger: met("Agency"),
        },
        {
            content: "The figures beside it, each with its formula",
            trigger: ".o_collection_keep:contains(Sold in twelve months):contains(500.00):contains(less credit notes)",
        },
        {
            trigger: ".o_collection_keep:contains(Net for us):contains(A plan over six months):contains(not known)",
        },
        {
            content: "The next one",
            trigger: ".o_pager_next",
            run: "click",
        },
        {
            trigger: `.o_form_view:contains(Bolt) ${missing("Last call")}`,
        },
        {
            content: "More time",
            trigger: "button[name=action_hold]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit They have had a fire",
        },
        {
            trigger: ".modal footer button[name=action_hold]",
            run: "click",
        },
        {
            content: "The list says so at once",
            trigger: `.o_form_view:not(:has(.modal)) ${missing("On hold until")}`,
        },
        {
            trigger: "button[name=action_open_case]",
            run: "click",
        },
        {
            content: "The whole case",
            trigger: ".o_form_view [name=hold_alert]:contains(On hold until)",
        },
    ],
});
