import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { RemainingDaysField, remainingDaysField } from "@web/views/fields/remaining_days/remaining_days_field";

/**
 * A day as people say it: the weekday and the date, and how far that is, in days. Today, tomorrow and yesterday go by their name.
 *
 * Odoo's own words for it round: the day after tomorrow is "next month" on the 30th.
 */
export class PlainDayField extends RemainingDaysField {
    get diffString() {
        const days = this.diffDays;
        if (days === null) {
            return "";
        }
        const value = this.props.record.data[this.props.name];
        const thisYear = value.year === luxon.DateTime.local().year;
        const format = { weekday: "short", month: "short", day: "numeric", ...(thisYear || Math.abs(days) < 99 ? {} : { year: "numeric" }) };
        const day = value.toLocaleString(format, { locale: user.lang });
        if (days === 0) {
            return _t("Today");
        }
        if (days === 1) {
            return _t("Tomorrow");
        }
        if (days === -1) {
            return _t("Yesterday");
        }
        return days > 0 ? _t("%(day)s (in %(days)s days)", { day, days }) : _t("%(day)s (%(days)s days ago)", { day, days: -days });
    }
}

registry.category("fields").add("collection_day", {
    ...remainingDaysField,
    component: PlainDayField,
    displayName: _t("Day in plain words"),
});
