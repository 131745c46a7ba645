import { registry } from "@web/core/registry";

const card = (customer) => `.o_kanban_record:contains(${customer})`;
const column = (stage) => `.o_kanban_group:has(.o_kanban_header:contains(${stage}))`;

/** A call, from the board: read the sentence and the items, note what was said, see what comes next. */
registry.category("web_tour.tours").add("collections_call", {
    url: "/odoo/collections",
    steps: () => [
        {
            content: "The card says what is chased, how old it is and what happens next",
            trigger: `${column("Call")} ${card("Acme")}:contains(500.00):contains(Ask for a day)`,
        },
        {
            content: "Open the case",
            trigger: card("Acme"),
            run: "click",
        },
        {
            content: "The sentence says why the case stands where it stands",
            trigger: ".o_collection_decision:contains(“Call” is)",
        },
        {
            content: "The person to call, and the number",
            trigger: ".o_field_widget[name=contact_id]:contains(Pat Payne)",
        },
        {
            trigger: ".o_field_widget[name=contact_phone] a[href='tel:+15550123']",
        },
        {
            content: "The guide helps during the call: the question of the stage first",
            trigger: "[name=call_guide] li:contains(What day did you send the payment)",
        },
        {
            content: "The open item, and that it is chased",
            trigger: ".o_field_widget[name=open_item_ids] .o_data_row:contains(INV):contains(Chased)",
        },
        {
            content: "One item of one age: no bar is drawn",
            trigger: ".o_collection_items:not(:has(.o_aging_bar_track))",
        },
        {
            content: "The call was made",
            trigger: ".o-mail-Activity-markDone",
            run: "click",
        },
        {
            trigger: ".o-mail-ActivityMarkAsDone textarea",
            run: "edit She looks into it and calls back.",
        },
        {
            trigger: ".o-mail-ActivityMarkAsDone button[aria-label='Done']",
            run: "click",
        },
        {
            content: "The case says at once what comes next",
            trigger: ".o_collection_decision:contains(Waiting):contains(Final notice)",
        },
        {
            trigger: ".o-mail-Message:contains(She looks into it and calls back.)",
        },
    ],
});

/** Nobody answers, one leaves a message: button, outcome, save. */
registry.category("web_tour.tours").add("collections_left_a_message", {
    url: "/odoo/collections",
    steps: () => [
        {
            trigger: card("Acme"),
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_buttons button[name=action_log_contact]",
            run: "click",
        },
        {
            content: "What it finishes is said",
            trigger: ".o_collection_log_panel .o_field_widget[name=activity_ids]:contains(Ask for a day)",
        },
        {
            trigger: ".o_collection_log_panel .o_selection_badge:contains(Left a message)",
            run: "click",
        },
        {
            content: "The next attempt has a day",
            trigger: ".o_collection_log_panel .o_field_widget[name=next_date] input:not(:value('')), .o_collection_log_panel .o_field_widget[name=next_date] button",
        },
        {
            trigger: ".o_collection_log_footer button[name=action_log]",
            run: "click",
        },
        {
            content: "The call is done, the next one is planned, and the sentence says so",
            trigger: "body:not(:has(.o_collection_log_panel)) .o_collection_decision:contains(The next attempt is on)",
        },
        {
            trigger: ".o_field_widget[name=note_ids] .o_data_row:contains(Left a message)",
        },
        {
            trigger: ".o-mail-Activity:contains(Try again)",
        },
    ],
});

/** The customer promises a part on the phone; the call activity is where one clicks. */
registry.category("web_tour.tours").add("collections_promise_from_the_call", {
    url: "/odoo/collections",
    steps: () => [
        {
            trigger: card("Acme"),
            run: "click",
        },
        {
            trigger: ".o-mail-Activity:contains(Ask for a day) .o_collection_log_contact_button",
            run: "click",
        },
        {
            trigger: ".o_collection_log_panel .o_selection_badge:contains(Promised)",
            run: "click",
        },
        {
            content: "What is asked for is proposed",
            trigger: ".o_collection_log_panel .o_field_widget[name=amount] input:value(500)",
        },
        {
            content: "More than is owed is refused, in a sentence; the dialog stays",
            trigger: ".o_collection_log_panel .o_field_widget[name=amount] input",
            run: "edit 700",
        },
        {
            trigger: ".o_collection_log_footer button[name=action_log]",
            run: "click",
        },
        {
            trigger: ".modal-body:contains(more than Acme owes)",
        },
        {
            trigger: ".modal:contains(more than Acme owes) .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: ".o_collection_log_panel .o_field_widget[name=amount] input",
            run: "edit 300",
        },
        {
            trigger: ".o_collection_log_footer button[name=action_log]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_collection_log_panel)) .o_field_widget[name=note_ids] .o_data_row:contains(Promised)",
        },
        {
            trigger: ".o_field_widget[name=amount_chased]:contains(200.00)",
        },
        {
            content: "The call is done",
            trigger: ".o-mail-Chatter:not(:has(.o-mail-Activity:contains(Ask for a day)))",
        },
    ],
});

/** What was said is found again. */
registry.category("web_tour.tours").add("collections_conversations", {
    url: "/odoo/collections",
    steps: () => [
        {
            trigger: ".o_menu_sections a:contains(Conversations), .o_menu_sections button:contains(Conversations)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Acme):contains(Reached):contains(Okafor) td[name=note]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=note] textarea:value(Okafor)",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=case_id]:contains(Acme)",
        },
    ],
});

/** A pause with a reason, and its end. */
registry.category("web_tour.tours").add("collections_hold", {
    url: "/odoo/collections",
    steps: () => [
        {
            trigger: card("Acme"),
            run: "click",
        },
        {
            content: "The other actions are in the menu",
            trigger: ".o_statusbar_buttons .o_collection_more",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name=action_hold]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Their bookkeeper is on leave",
        },
        {
            trigger: ".modal footer button[name=action_hold]",
            run: "click",
        },
        {
            trigger: "div[name=hold_alert]:contains(nothing is chased)",
        },
        {
            trigger: ".o_collection_decision:contains(Their bookkeeper is on leave)",
        },
        {
            content: "The board shows the pause",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            trigger: `${card("Acme")} [aria-label='On hold']`,
        },
        {
            trigger: card("Acme"),
            run: "click",
        },
        {
            content: "The other actions are in the menu",
            trigger: ".o_statusbar_buttons .o_collection_more",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name=action_release]",
            run: "click",
        },
        {
            content: "Nothing is sent at once: somebody has a look first",
            trigger: ".o_collection_decision:contains(Hold ended)",
        },
        {
            content: "The other actions are in the menu",
            trigger: ".o_statusbar_buttons .o_collection_more",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name=action_hold]",
        },
    ],
});

/** Cards go back to their column when they may not be moved, and a sentence says why. */
registry.category("web_tour.tours").add("collections_refused_move", {
    url: "/odoo/collections",
    steps: () => [
        {
            content: "The column of settled cases is there, folded",
            trigger: ".o_kanban_group.o_column_folded:contains(Settled)",
        },
        {
            trigger: card("Acme"),
            run: `drag_and_drop (${column("With agency")})`,
        },
        {
            trigger: ".modal-body:contains(only through a referral)",
        },
        {
            trigger: ".modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: `${column("Call")} ${card("Acme")}`,
            run: `drag_and_drop (${column("Final notice")})`,
        },
        {
            trigger: ".modal-body:contains(still in progress)",
        },
        {
            trigger: ".modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: `${column("Call")} ${card("Acme")}`,
        },
    ],
});

/** The day's list leads to the case with one click; when all is done it says so. */
registry.category("web_tour.tours").add("collections_my_day", {
    url: "/odoo/collections",
    steps: () => [
        {
            trigger: ".o_menu_sections a:contains(My Day), .o_menu_sections button:contains(My Day)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Acme):contains(500.00):contains(Ask for a day):contains(Call)",
        },
        {
            trigger: ".o_data_row:contains(Acme) td[name=partner_id]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_collection_decision",
        },
        {
            trigger: ".o-mail-Activity-markDone",
            run: "click",
        },
        {
            trigger: ".o-mail-ActivityMarkAsDone button[aria-label='Done']",
            run: "click",
        },
        {
            trigger: ".o_collection_decision:contains(Waiting):contains(Final notice)",
        },
        {
            trigger: ".o_back_button",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains(Nothing to do today)",
        },
    ],
});

/** From the customer to the case and back. */
registry.category("web_tour.tours").add("collections_customer", {
    steps: () => [
        {
            trigger: "button[name=action_open_collection_case]:contains(500.00):contains(Overdue)",
        },
        {
            trigger: ".o_notebook a[name=collections]",
            run: "click",
        },
        {
            trigger: ".o_notebook :contains(Accounts Payable)",
        },
        {
            trigger: ".o_field_widget[name=collection_do_not_contact]",
        },
        {
            trigger: "button[name=action_open_collection_case]",
            run: "click",
        },
        {
            trigger: ".o_collection_decision",
        },
        {
            trigger: "button[name=action_open_partner]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=collection_amount_overdue]:contains(500.00)",
        },
    ],
});

/** The invoice says whether it is asked for. */
registry.category("web_tour.tours").add("collections_invoice", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=chase_state]:contains(Chased)",
        },
        {
            trigger: "button[name=action_open_collection_case]",
            run: "click",
        },
        {
            trigger: ".o_collection_decision",
        },
    ],
});

/** Settings of a company, explained where they are made. */
registry.category("web_tour.tours").add("collections_settings", {
    url: "/odoo/collections",
    steps: () => [
        {
            trigger: ".o_menu_sections button:contains(Configuration)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu a:contains(Settings)",
            run: "click",
        },
        {
            content: "It says who gets the cases",
            trigger: "#collection_user:contains(salesperson)",
        },
        {
            trigger: ".o_field_widget[name=collection_max_contacts] input",
            run: "edit 5",
        },
        {
            trigger: ".o_control_panel button:contains(Save)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Saved",
            trigger: ".o_field_widget[name=collection_max_contacts] input:value(5)",
        },
        {
            trigger: ".o_control_panel:not(:has(.o_dirty_warning))",
        },
    ],
});
