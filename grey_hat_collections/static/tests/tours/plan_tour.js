import { registry } from "@web/core/registry";

/** A customer asks for instalments: take an offer, change it to the customer's own terms, and make the plan. */
registry.category("web_tour.tours").add("collections_make_plan", {
    steps: () => [
        {
            content: "The other actions are in the menu",
            trigger: ".o_statusbar_buttons .o_collection_more",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name=action_propose_plan]",
            run: "click",
        },
        {
            content: "What is asked for today is proposed",
            trigger: ".modal .o_field_widget[name=amount] input:value(500.00)",
        },
        {
            content: "Two instalments are an offer",
            trigger: ".modal .o_collection_proposals button:contains(2 ×):contains(250.00)",
            run: "click",
        },
        {
            trigger: ".modal .o_collection_proposals button[aria-pressed=true]:contains(2 ×)",
        },
        {
            content: "The schedule follows before anything is saved",
            trigger: ".modal .o_field_widget[name=line_ids] .o_data_row:contains(250.00):nth-child(2)",
        },
        {
            content: "The customer would rather pay 200.00 each time",
            trigger: ".modal .o_field_widget[name=sized_by] input[data-value=size]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=instalment] input",
            run: "edit 200 && press Tab",
        },
        {
            trigger: ".modal .o_field_widget[name=line_ids] .o_data_row:contains(100.00):nth-child(3)",
        },
        {
            trigger: ".modal .o_field_widget[name=summary]:contains(the last one is):contains(100.00)",
        },
        {
            trigger: ".modal footer button[name=action_make]:contains(Make the Plan)",
            run: "click",
        },
        {
            content: "The plan runs, and its instalments are promises",
            trigger: ".o_form_view .o_field_widget[name=progress_text]:contains(0 of 3 paid)",
        },
        {
            trigger: ".o_field_widget[name=promise_ids] .o_data_row:contains(100.00):contains(Open)",
        },
        {
            content: "Back to the case, which asks for nothing now",
            trigger: "button[name=action_open_case]",
            run: "click",
        },
        {
            trigger: ".o_collection_decision:contains(500.00 is promised)",
        },
        {
            trigger: "button[name=action_open_plan]:contains(0 of 3 paid)",
        },
    ],
});
