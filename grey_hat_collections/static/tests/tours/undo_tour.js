import { registry } from "@web/core/registry";

const columnOf = (stage) => `.o_kanban_group:has(.o_column_title:contains(${stage}))`;

/** A card is dropped into the wrong column, and a hold set on the wrong case: one click takes it back. */
registry.category("web_tour.tours").add("collections_undo", {
    steps: () => [
        {
            content: "The card is moved back by mistake",
            trigger: `${columnOf("Call")} .o_kanban_record:contains(Acme)`,
            run: `drag_and_drop (${columnOf("Reminder")})`,
        },
        {
            trigger: `${columnOf("Reminder")} .o_kanban_record:contains(Acme)`,
        },
        {
            content: "And back",
            trigger: ".o_notification:contains(Moved to “Reminder”) button:contains(Undo)",
            run: "click",
        },
        {
            trigger: `${columnOf("Call")} .o_kanban_record:contains(Acme)`,
        },
        {
            content: "The case itself",
            trigger: `${columnOf("Call")} .o_kanban_record:contains(Acme)`,
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons .o_collection_more",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name=action_hold]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Wrong customer",
        },
        {
            trigger: ".modal footer button[name=action_hold]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Put on hold until) button:contains(Undo)",
            run: "click",
        },
        {
            content: "It is said that it was undone",
            trigger: ".o_notification:contains(Undone: Put on hold until)",
        },
    ],
});
