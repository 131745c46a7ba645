import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The fields of a case that the bar shows, from the youngest to the oldest, and their names. */
export const BUCKETS = [
    { field: "bucket_0", label: _t("Not due") },
    { field: "bucket_1", label: _t("1–30 days") },
    { field: "bucket_2", label: _t("31–60 days") },
    { field: "bucket_3", label: _t("61–90 days") },
    { field: "bucket_4", label: _t("Over 90 days") },
];

/**
 * How old the open items of a customer are: one segment for each age, as wide as its share of the amount.
 *
 * The colours are never alone: segments stand in the order of age, the amounts are in the tooltip, in the accessible
 * text and, with the option `legend`, beside the bar.
 */
export class AgingBarField extends Component {
    static template = "grey_hat_collections.AgingBarField";
    static props = {
        ...standardFieldProps,
        currencyField: { type: String, optional: true },
        legend: { type: Boolean, optional: true },
        mixedOnly: { type: Boolean, optional: true },
    };

    get buckets() {
        const data = this.props.record.data;
        return BUCKETS.map(({ field, label }, index) => ({
            index,
            label,
            amount: data[field] || 0,
            formatted: formatMonetary(data[field] || 0, {
                data,
                currencyField: this.props.currencyField,
            }),
        }));
    }

    get segments() {
        return this.buckets.filter((bucket) => bucket.amount > 0);
    }

    /** A bar of one colour says nothing that the figures do not. */
    get isDrawn() {
        return !this.props.mixedOnly || this.segments.length > 1;
    }

    get description() {
        if (!this.segments.length) {
            return _t("Nothing is open.");
        }
        return _t("Open by age: %s", this.segments.map((s) => `${s.label} ${s.formatted}`).join(", "));
    }

    get tooltipInfo() {
        return JSON.stringify({
            segments: this.segments.map(({ index, label, formatted }) => ({
                index,
                label: label.toString(),
                formatted,
            })),
        });
    }
}

export const agingBarField = {
    component: AgingBarField,
    displayName: _t("Aging bar"),
    supportedTypes: ["monetary", "float"],
    supportedOptions: [
        {
            label: _t("Legend"),
            name: "legend",
            type: "boolean",
            help: _t("Show the amount of each age below the bar."),
        },
        {
            label: _t("Mixed ages only"),
            name: "mixed_only",
            type: "boolean",
            help: _t("Draw no bar where everything is of the same age."),
        },
        {
            label: _t("Currency"),
            name: "currency_field",
            type: "field",
            availableTypes: ["many2one"],
        },
    ],
    fieldDependencies: [
        ...BUCKETS.map(({ field }) => ({ name: field, type: "monetary" })),
        { name: "currency_id", type: "many2one", relation: "res.currency" },
    ],
    isEmpty: () => false,
    listViewWidth: [90, 140],
    extractProps: ({ options }) => ({
        currencyField: options.currency_field,
        legend: Boolean(options.legend),
        mixedOnly: Boolean(options.mixed_only),
    }),
};

registry.category("fields").add("collection_aging_bar", agingBarField);
