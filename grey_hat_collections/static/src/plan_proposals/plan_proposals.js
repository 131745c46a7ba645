import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Plans that may be offered to a customer; a click takes the terms of one over, and the schedule follows. */
export class PlanProposalsField extends Component {
    static template = "grey_hat_collections.PlanProposalsField";
    static props = { ...standardFieldProps };

    get proposals() {
        return this.props.record.data[this.props.name] || [];
    }

    isChosen({ rhythm, count }) {
        const { data } = this.props.record;
        return data.sized_by === "count" && data.rhythm === rhythm && data.count === count;
    }

    title({ count, amount }) {
        return count === 1 ? amount : _t("%(count)s × %(amount)s", { count, amount });
    }

    detail({ count, rhythm_label: rhythm, until }) {
        return count === 1
            ? _t("One payment on %s", until)
            : _t("%(rhythm)s, until %(until)s", { rhythm, until });
    }

    take({ rhythm, count }) {
        return this.props.record.update({ rhythm, count, sized_by: "count" });
    }
}

registry.category("fields").add("collection_plan_proposals", {
    component: PlanProposalsField,
    supportedTypes: ["json"],
});
