import { registry } from "@web/core/registry";

/** The final notice lies on the pile: it is printed, gets its number and is marked as mailed; the register knows it. */
registry.category("web_tour.tours").add("collections_mail_piece", {
    steps: () => [
        {
            content: "The notice waits, in mailing order",
            trigger: ".o_list_view .o_data_row:contains(12345):contains(Acme):contains(Final notice)",
        },
        {
            content: "Print all that wait, without choosing any",
            trigger: ".o_control_panel button[name=action_print], .o_list_buttons button[name=action_print]",
            run: "click",
        },
        {
            content: "It was printed: reload to see when",
            trigger: ".o_list_view .o_data_row:contains(Acme)",
        },
        {
            trigger: ".o_control_panel button[name=action_mark_mailed], .o_list_buttons button[name=action_mark_mailed]",
            run: "click",
        },
        {
            content: "One line for each letter",
            trigger: ".modal .o_field_widget[name=line_ids] .o_data_row:contains(Acme)",
        },
        {
            trigger: ".modal .o_field_widget[name=line_ids] .o_data_row:contains(Acme) td[name=certified_number]",
            run: "click",
        },
        {
            content: "Scan the number of the receipt",
            trigger: ".modal .o_data_row td[name=certified_number] input",
            run: "edit RR123456785US",
        },
        {
            trigger: ".modal footer button[name=action_post]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Letters mailed: 1)",
        },
        {
            content: "Nothing is left to mail",
            trigger: ".o_nocontent_help:contains(Nothing to mail)",
        },
        {
            trigger: ".o_menu_sections button[data-menu-xmlid='grey_hat_collections.collection_menu_letters']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu a[data-menu-xmlid='grey_hat_collections.collection_menu_mail_register']",
            run: "click",
        },
        {
            content: "The register has it, with its number",
            trigger: ".o_list_view .o_data_row:contains(Acme):contains(RR123456785US):contains(Mailed) td[name=name]",
            run: "click",
        },
        {
            content: "Days later: it was returned",
            trigger: ".o_form_view .o_form_statusbar button[name=action_mark_returned]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_id]:contains(Acme)",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input, .modal .o_field_widget[name=reason] select",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Not collected)",
            run: "click",
        },
        {
            trigger: ".modal footer button[name=action_return]",
            run: "click",
        },
        {
            trigger: ".o_form_view [name=returned_alert]:contains(Returned):contains(Not collected)",
        },
    ],
});
