import { registry } from "@web/core/registry";

/** Three letters wait: the first is looked at and approved, the second cancelled, and the rest of the kind needs nobody any more. */
registry.category("web_tour.tours").add("collections_letter_approval", {
    steps: () => [
        {
            content: "The largest is on top",
            trigger: ".o_list_view .o_data_row:first:contains(Acme):contains(500) td[name=partner_id]",
            run: "click",
        },
        {
            content: "The e-mail as it would leave",
            trigger: ".o_collection_letter_look:contains(acme@customer.example) iframe.o_collection_letter_mail",
        },
        {
            trigger: ".o_form_view button[name=action_approve]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(approved)",
        },
        {
            content: "The next one is there already",
            trigger: ".o_collection_letter_look:contains(beta@customer.example)",
        },
        {
            trigger: ".o_form_view button[name=action_cancel]",
            run: "click",
        },
        {
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_collection_letter_look:contains(gamma@customer.example)",
        },
        {
            trigger: ".o_back_button a, .o_breadcrumb .breadcrumb-item a",
            run: "click",
        },
        {
            content: "One is left",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Acme))) .o_data_row:contains(Gamma)",
        },
        {
            trigger: ".o_control_panel button[name=action_approve_kind]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=count]:contains(1)",
        },
        {
            trigger: ".modal .o_field_widget[name=from_now_on] input",
            run: "check",
        },
        {
            trigger: ".modal footer button[name=action_approve]",
            run: "click",
        },
        {
            trigger: ".o_nocontent_help:contains(No letter waits for approval)",
        },
    ],
});
