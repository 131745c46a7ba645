import { registry } from "@web/core/registry";

const badge = (field, label) => ({
    content: label,
    trigger: `.modal .o_field_widget[name=${field}] .o_selection_badge:contains(${label})`,
    run: "click",
});

/** The customer says that two boxes were missing: a part of the invoice is disputed, and no longer asked for. */
registry.category("web_tour.tours").add("collections_raise_dispute", {
    steps: () => [
        {
            content: "All of it is asked for",
            trigger: ".o_field_widget[name=amount_chased]:contains(1,000.00)",
        },
        {
            content: "The other actions are in the menu",
            trigger: ".o_statusbar_buttons .o_collection_more",
            run: "click",
        },
        {
            content: "The customer says that something is wrong",
            trigger: ".o-dropdown--menu button[name=action_raise_dispute]",
            run: "click",
        },
        badge("kind", "Quantity"),
        {
            content: "In the customer's words",
            trigger: ".modal .o_field_widget[name=description] textarea",
            run: "edit Two of the ten boxes were missing.",
        },
        {
            content: "The one overdue item is proposed; the customer means a part of it",
            trigger: ".modal .o_field_widget[name=line_ids] td[name=amount]:contains(1,000.00)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=line_ids] .o_field_widget[name=amount] input",
            run: "edit 200 && press Tab",
        },
        {
            content: "What we promised",
            trigger: ".modal .o_field_widget[name=commitment] input",
            run: "edit We count again && press Tab",
        },
        {
            trigger: ".modal .o_field_widget[name=commitment_date] button, .modal .o_field_widget[name=commitment_date] input",
            run: "click",
        },
        {
            trigger: ".o_datetime_picker .o_today",
            run: "click",
        },
        {
            content: "Raise it",
            trigger: ".modal button[name=action_raise]",
            run: "click",
        },
        {
            content: "The disputed part is not asked for any more",
            trigger: ".o_form_view:not(:has(.modal)) .o_field_widget[name=amount_chased]:contains(800.00)",
        },
        {
            trigger: ".o_field_widget[name=amount_disputed]:contains(200.00)",
        },
        {
            content: "The dispute is on the case",
            trigger: ".o_notebook_headers a[name=disputes]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=dispute_ids] td[name=description]:contains(Two of the ten boxes)",
        },
    ],
});

/** Whoever keeps the books answers: the customer is right, and a credit note is prepared. */
registry.category("web_tour.tours").add("collections_uphold_dispute", {
    steps: () => [
        {
            content: "Answer",
            trigger: ".o_form_statusbar button[name=action_answer]",
            run: "click",
        },
        {
            content: "The customer is right",
            trigger: ".modal .o_field_widget[name=resolution] .o_radio_item:contains(The customer is right) input",
            run: "click",
        },
        {
            content: "All that is disputed is credited",
            trigger: ".modal .o_field_widget[name=line_ids] td[name=amount_upheld]:contains(200.00)",
        },
        {
            trigger: ".modal .o_field_widget[name=finding] textarea",
            run: "edit The delivery note shows eight boxes.",
        },
        {
            trigger: ".modal footer button[name=action_answer]",
            run: "click",
        },
        {
            content: "It is upheld and waits for its credit note",
            trigger: ".o_form_view:not(:has(.modal)) .o_arrow_button_current:contains(Upheld)",
        },
        {
            trigger: "div[name=credit_alert]:contains(200.00)",
        },
        {
            content: "Open the draft that was prepared",
            trigger: "button[name=action_open_credit_notes]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=tax_totals]:contains(200.00)",
        },
        {
            content: "Post it",
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Posted)",
        },
    ],
});
