import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * With more days than this, or with less room for a name (in percent of the line), names would stand upon each other: the days are
 * listed below each other.
 */
export const MOST_DAYS = 9;
export const LEAST_ROOM = 9;

/**
 * What a line of days shows: the days with their steps, each with its place from 0 to 100, and the room for its names until the
 * next one on the same side of the line; and the band in which an account may go to an agency.
 *
 * @param {{ day: number }[]} steps
 * @param {number} from first day of the band
 * @param {number} to last day of the band
 */
export function laidOut(steps, from, to) {
    const byDay = new Map();
    for (const step of [...steps].sort((one, other) => one.day - other.day)) {
        byDay.set(step.day, [...(byDay.get(step.day) || []), step]);
    }
    const all = [...byDay.keys()];
    const first = Math.min(0, ...all);
    const last = Math.max(1, to, ...all);
    // some room behind the last day, for its name
    const width = all.includes(last) ? 88 : 96;
    const place = (day) => ((day - first) / (last - first)) * width;
    const days = all.map((day, index) => {
        const following = index + 2 < all.length ? place(all[index + 2]) : 100;
        return {
            day,
            steps: byDay.get(day),
            at: place(day),
            room: following - place(day),
            isBelow: index % 2 === 1,
            isFinal: byDay.get(day).some(({ isFinal }) => isFinal),
        };
    });
    const band = to >= from && to > 0 ? { from, to, at: place(from), width: place(to) - place(from) } : null;
    return { days, band };
}

/** The steps of a policy as a line of days. It follows while steps are edited; a step that sends a letter opens its preview. */
export class LadderLine extends Component {
    static template = "grey_hat_collections.LadderLine";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
    }

    get steps() {
        return this.props.record.data.step_ids.records.map((record) => {
            const { name, days_overdue, letter_kind, activity_type_id, activity_icon } = record.data;
            return {
                key: record.id,
                record,
                name: name || _t("New step"),
                day: days_overdue || 0,
                letter: letter_kind,
                isFinal: letter_kind === "final_notice",
                icon: letter_kind ? "fa-envelope-o" : activity_icon || "fa-check-square-o",
                what: this.what(record, letter_kind, activity_type_id),
            };
        });
    }

    what(record, letter, activity) {
        const kinds = record.fields.letter_kind.selection || [];
        const named = (kinds.find(([value]) => value === letter) || [])[1];
        return [named, activity && activity.display_name].filter(Boolean).join(", ");
    }

    get line() {
        const { referral_days_from: from, referral_days_to: to } = this.props.record.data;
        return laidOut(this.steps, from || 0, to || 0);
    }

    get isListed() {
        const { days } = this.line;
        const isCrowded = days.length > MOST_DAYS || days.some(({ room }, index) => index < days.length - 1 && room < LEAST_ROOM);
        return this.env.isSmall || isCrowded;
    }

    /** The whole line in words. */
    describe({ day, name, what }) {
        return _t("Day %(day)s: %(name)s (%(what)s)", { day, name, what: what || _t("nothing yet") });
    }

    async open({ record }) {
        const policy = this.props.record;
        if ((await policy.isDirty()) && !(await policy.save())) {
            return;
        }
        // saving may have read the steps anew
        const saved = policy.data.step_ids.records.find((one) => one.id === record.id || one.resId === record.resId);
        await this.action.doAction("grey_hat_collections.collection_letter_preview_action", {
            additionalContext: { default_step_id: saved ? saved.resId : record.resId },
        });
    }
}

registry.category("view_widgets").add("collection_ladder_line", {
    component: LadderLine,
    fieldDependencies: [
        { name: "referral_days_from", type: "integer" },
        { name: "referral_days_to", type: "integer" },
    ],
});
