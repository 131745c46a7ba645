import { registry } from "@web/core/registry";

/** The manager refers an account through the checklist; a point that is not met needs a reason. */
registry.category("web_tour.tours").add("collections_refer", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Acme) td[name=partner_id]",
            run: "click",
        },
        {
            trigger: "button[name=action_refer]:contains(Refer)",
            run: "click",
        },
        {
            content: "What the agency will see: the customer, the notice and its mail piece, the files, the rules",
            trigger: ".modal .o_collection_packet:contains(Acme):contains(Mailed):contains(referral.json):contains(calmly)",
        },
        {
            content: "No remark of ours",
            trigger: ".modal .o_collection_packet:not(:contains(shouted))",
        },
        {
            content: "The agency that fits is proposed",
            trigger: ".modal .o_field_widget[name=agency_id] input:value(Northwind Recovery)",
        },
        {
            content: "What is not met wants a reason",
            trigger: ".modal .o_field_widget[name=point_ids] .o_data_row:contains(hold) td[name=reason]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=point_ids] .o_field_widget[name=reason] textarea",
            run: "edit The director has decided",
        },
        {
            trigger: ".modal footer button[name=action_refer]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_status button.o_arrow_button_current:contains(Approved)",
        },
        {
            content: "The reason is kept",
            trigger: ".o_notebook a[name=overrides]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=override_ids] .o_data_row:contains(The director has decided)",
        },
    ],
});

/** Money that reached us is on the referral and told; then the account is recalled. */
registry.category("web_tour.tours").add("collections_recall", {
    steps: () => [
        {
            trigger: "[name=agency_alert]:contains(please refer the customer to Northwind Recovery)",
        },
        {
            trigger: "button[name=action_open_referrals]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=amount_recovered]:contains(200.00)",
        },
        {
            trigger: ".o_notebook a[name=messages]",
            run: "click",
        },
        {
            content: "The agency was told",
            trigger: ".o_field_widget[name=message_to_agency_ids] .o_data_row:contains(Payment notice)",
        },
        {
            trigger: "button[name=action_recall]",
            run: "click",
        },
        {
            trigger: ".modal:contains(milder stage) .o_field_widget[name=reason] textarea",
            run: "edit The customer came to us with a plan",
        },
        {
            trigger: ".modal footer button[name=action_give_back]:contains(Recall)",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.modal)) .o_statusbar_status button.o_arrow_button_current:contains(Recalled)",
        },
    ],
});

/** A customer whose account is with an agency calls: the answer is ready, and the agency is told. */
registry.category("web_tour.tours").add("collections_referred_call", {
    steps: () => [
        {
            trigger: "button[name=action_log_contact]",
            run: "click",
        },
        {
            content: "What to say",
            trigger:
                ".o_collection_log_panel [name=referred] .o_field_widget[name=referred_answer] textarea:value(Northwind Recovery handles this account)",
        },
        {
            trigger: ".o_collection_log_panel .o_field_widget[name=outcome] .o_selection_badge:contains(Reached)",
            run: "click",
        },
        {
            trigger: ".o_collection_log_panel .o_field_widget[name=word_to_agency] textarea",
            run: "edit Please call back in the afternoon",
        },
        {
            trigger: ".o_collection_log_footer button[name=action_log]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_collection_log_panel))",
        },
    ],
});
