import { registry } from "@web/core/registry";

/** The phone rings while somebody fills in something else: one key, the number as the display shows it, Enter. */
registry.category("web_tour.tours").add("collections_find_by_phone", {
    steps: () => [
        {
            content: "Anywhere in the app, in the middle of typing",
            trigger: ".o_searchview_input",
            run: "edit something",
        },
        {
            trigger: ".o_searchview_input",
            run: "press Alt+Shift+f",
        },
        {
            trigger: ".o_command_palette .o_command_palette_search:contains($) input",
            run: "edit 0012075550164",
        },
        {
            content: "Both who have this number; each line says whose it is",
            trigger: ".o_command_palette .o_command:contains(Acme):contains(Phone of Pat Payne):contains(500.00):contains(days overdue)",
        },
        {
            trigger: ".o_command_palette .o_command:contains(Bolt):contains(Phone of Bolt):contains(80.00)",
        },
        {
            content: "The more urgent one is chosen already",
            trigger: ".o_command_palette_search input",
            run: "press Enter",
        },
        {
            content: "The case is open",
            trigger: "body:not(:has(.o_command_palette)) .o_collection_case_form .oe_title:contains(Acme)",
        },
        {
            content: "The same by hand, and what can be typed where nothing is found",
            trigger: ".o_collection_find_case button",
            run: "click",
        },
        {
            trigger: ".o_command_palette_search input",
            run: "edit nobody",
        },
        {
            trigger: ".o_command_palette_listbox_empty:contains(Type an invoice number):contains(phone number)",
        },
    ],
});

/** Enter at once after the number: what it finds is waited for. */
registry.category("web_tour.tours").add("collections_find_and_enter", {
    steps: () => [
        {
            trigger: ".o_list_view",
            run: "press Alt+Shift+f",
        },
        {
            trigger: ".o_command_palette_search:contains($) input",
            run: "edit (207) 555-0164 && press Enter",
        },
        {
            trigger: ".o_collection_case_form .oe_title:contains(Acme)",
        },
    ],
});

/** The search of the list: the field is proposed first, and a column says by what each was found. */
registry.category("web_tour.tours").add("collections_find_in_list", {
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains(Acme)",
        },
        {
            trigger: ".o_list_view:not(:has(th[data-name=found_by]))",
        },
        {
            trigger: ".o_searchview_input",
            run: "edit 207.555.0164",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first:contains(Customer, invoice, amount, phone)",
            run: "click",
        },
        {
            trigger: ".o_list_view:has(th[data-name=found_by]) .o_data_row:contains(Acme):contains(Phone of Pat Payne)",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Bolt):contains(Phone of Bolt)",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Coda)))",
        },
        {
            content: "Without a search there is no such column",
            trigger: ".o_searchview_facet:contains(207.555.0164) .o_facet_remove",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(th[data-name=found_by])) .o_data_row:contains(Coda)",
        },
    ],
});
