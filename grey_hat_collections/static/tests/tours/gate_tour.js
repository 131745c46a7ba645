import { registry } from "@web/core/registry";

const openOurSide = [
    {
        content: "Look at our own side",
        trigger: ".o_notebook a[name=our_side]",
        run: "click",
    },
];

/** An invoice that never arrived stops the letter; the collector sees why, and asks where invoices go. */
registry.category("web_tour.tours").add("collections_gate", {
    steps: () => [
        {
            content: "The sentence says that it is us",
            trigger: ".o_collection_decision:contains(is on hold):contains(never reached the customer)",
        },
        {
            content: "So does the line below it, in words",
            trigger: "[name=our_side_line]:contains(Our side):contains(1 blocker)",
        },
        {
            content: "The collector is asked to put it right",
            trigger: ".o-mail-Activity:contains(never reached the customer)",
        },
        ...openOurSide,
        {
            content: "Each check is marked, and says what it found",
            trigger: ".o_collection_gate li[data-mark=stop]:contains(Blocker):contains(never reached the customer)",
        },
        {
            trigger: ".o_collection_gate li[data-mark=fine]:contains(OK):contains(No credit note is waiting)",
        },
        {
            content: "The invoice itself",
            trigger: ".o_field_widget[name=unsent_move_ids] .o_data_row:contains(INV)",
        },
        {
            content: "A payment that nobody applied, which a collector cannot match",
            trigger:
                ".o_field_widget[name=credit_item_ids]:contains(20.00):not(:has(button[name=action_collection_match]))",
        },
        {
            content: "Where do invoices go?",
            trigger: "button[name=action_confirm_delivery]:contains(Confirm Invoice Delivery)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=address]:contains(acme@customer.example)",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It is on record",
            trigger: ".o_form_view:not(:has(.modal)) .o_field_widget[name=delivery_confirmation]:contains(acme@customer.example)",
        },
    ],
});

/** The accountant applies a payment that nobody had applied. */
registry.category("web_tour.tours").add("collections_match", {
    steps: () => [
        ...openOurSide,
        {
            trigger: ".o_field_widget[name=credit_item_ids] .o_data_row:contains(20.00) button[name=action_collection_match]",
            run: "click",
        },
        {
            content: "With which items",
            trigger: ".modal .o_field_widget[name=proposal]:contains(20.00):contains(480.00)",
        },
        {
            trigger: ".modal footer button[name=action_match]",
            run: "click",
        },
        {
            content: "How to take it back",
            trigger: ".o_notification:contains(Unreconcile)",
        },
        {
            content: "Nothing is left to match",
            trigger: ".o_form_view [name=no_credits]:contains(There are no open credits)",
        },
    ],
});
