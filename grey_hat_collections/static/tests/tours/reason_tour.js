import { registry } from "@web/core/registry";

/** The customer lost money for a while: the reason makes the ladder gentle, and says so before anything is saved. */
registry.category("web_tour.tours").add("collections_set_reason", {
    steps: () => [
        {
            content: "The other actions are in the menu",
            trigger: ".o_statusbar_buttons .o_collection_more",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name=action_set_reason]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=effect]:contains(continues as before)",
        },
        {
            trigger: ".modal .o_field_widget[name=reason_id] input",
            run: "edit Cash-flow",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item:contains(Cash-flow gap)",
            run: "click",
        },
        {
            content: "What would change is told beforehand",
            trigger: ".modal .o_field_widget[name=effect]:contains(follows “Gentle” instead of “One call”)",
        },
        {
            trigger: ".modal .o_field_widget[name=effect]:contains(plan is offered first)",
        },
        {
            trigger: ".modal .o_field_widget[name=change_policy] input:checked",
        },
        {
            trigger: ".modal footer button[name=action_save]",
            run: "click",
        },
        {
            trigger: "div[name=reason]:contains(Cash-flow gap)",
        },
        {
            content: "A plan comes first",
            trigger: "button[name=action_propose_plan].btn-primary",
        },
        {
            content: "The guide begins with what helps now",
            trigger: ".o_field_widget[name=call_guide]:contains(Ask when their own customers pay)",
        },
    ],
});

const row = (name) => `.o_list_view .o_data_row:contains(${name})`;

/** Two customers are put on hold together, released together, and stand on top of the day that follows. */
registry.category("web_tour.tours").add("collections_hold_and_release", {
    steps: () => [
        {
            trigger: `${row("Acme")} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${row("Bolt")} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: ".o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Put on Hold)",
            run: "click",
        },
        {
            trigger: ".modal p[name=many]:contains(2 cases are put on hold together)",
        },
        {
            content: "The limit is told before it is met",
            trigger: ".modal div[name=latest]:contains(a longer hold needs a collections manager)",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Company holidays",
        },
        {
            trigger: ".modal footer button[name=action_hold]",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${row("Acme")}:contains(Review case)`,
        },
        {
            trigger: `${row("Acme")} .o_list_record_selector input:not(:checked)`,
            run: "click",
        },
        {
            trigger: `${row("Bolt")} .o_list_record_selector input:not(:checked)`,
            run: "click",
        },
        {
            trigger: ".o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Release)",
            run: "click",
        },
        {
            trigger: `${row("Bolt")}:contains(Today)`,
        },
        {
            content: "Nothing is sent at once: both stand on top of My Day",
            trigger: "[data-menu-xmlid='grey_hat_collections.collection_menu_my_day']",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:nth-child(1):contains(Hold ended)",
        },
        {
            trigger: ".o_list_view .o_data_row:nth-child(2):contains(Hold ended)",
        },
        {
            trigger: ".o_list_view .o_data_row:nth-child(3):contains(Large)",
        },
    ],
});
