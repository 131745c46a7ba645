import { registry } from "@web/core/registry";

/** From a house in which nobody has started to the first cards on the board. */
registry.category("web_tour.tours").add("collections_first_steps", {
    steps: () => [
        {
            content: "The ledger speaks, not an empty board",
            trigger: ".o_collection_first_steps h3:contains(2 customers owe):contains(1,000.00 overdue)",
        },
        {
            trigger: "body:not(:has(.o_view_nocontent))",
        },
        {
            content: "What would happen?",
            trigger: ".o_collection_first_steps li[data-step=rehearsal][data-done='0'] button",
            run: "click",
        },
        {
            trigger: ".o_collection_first_run:contains(Cases opened):contains(2)",
        },
        {
            content: "Customer by customer",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Acme):contains(500.00):contains(Friendly reminder)",
        },
        {
            content: "Back on the board, that step is done",
            trigger: ".o_breadcrumb a, .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_collection_first_steps li[data-step=rehearsal][data-done='1']",
        },
        {
            content: "Start",
            trigger: ".o_collection_first_steps li[data-step=start] button",
            run: "click",
        },
        {
            content: "It is asked first",
            trigger: ".modal footer .btn-primary:contains(Start)",
            run: "click",
        },
        {
            content: "What came is said",
            trigger: ".o_notification:contains(2 cases opened)",
        },
        {
            content: "The steps are over, the cards are there",
            trigger: ".o_collection_board:not(:has(.o_collection_first_steps)) .o_kanban_record:contains(Acme)",
        },
        {
            trigger: "body:not(:has(.o_collection_first_steps))",
        },
    ],
});

/** A collector learns the truth, and whom to ask. */
registry.category("web_tour.tours").add("collections_why_empty", {
    steps: () => [
        {
            trigger: ".o_view_nocontent .o_collection_why_empty:contains(2 customers owe)",
        },
        {
            trigger: ".o_view_nocontent:contains(ask a manager):not(:has(button))",
        },
        {
            content: "So says the list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_list_renderer .o_view_nocontent:contains(2 customers owe)",
        },
    ],
});
