import { onMounted, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { BadgeSelectionField, badgeSelectionField } from "@web/views/fields/badge_selection/badge_selection_field";

/**
 * The outcome of a contact as a row of buttons, which the keyboard chooses: each by a letter of its name, which is underlined,
 * or with the arrows. It has the focus when the form opens.
 */
export class OutcomeField extends BadgeSelectionField {
    static template = "grey_hat_collections.OutcomeField";

    setup() {
        super.setup();
        this.root = useRef("root");
        onMounted(() => this.focus());
    }

    /** Each option with its name in three parts, the letter that chooses it in the middle. */
    get choices() {
        const taken = new Set();
        return this.options.map(([value, name]) => {
            const at = [...name].findIndex((char) => /\p{L}/u.test(char) && !taken.has(char.toLocaleLowerCase()));
            const letter = at < 0 ? "" : [...name][at];
            taken.add(letter.toLocaleLowerCase());
            const chars = [...name];
            return {
                value,
                name,
                letter: letter.toLocaleLowerCase(),
                before: at < 0 ? name : chars.slice(0, at).join(""),
                after: at < 0 ? "" : chars.slice(at + 1).join(""),
            };
        });
    }

    isFocusable(choice, index) {
        return this.value ? choice.value === this.value : index === 0;
    }

    focus() {
        this.root.el?.querySelector("[tabindex='0']")?.focus({ preventScroll: true });
    }

    choose(value) {
        if (value !== this.value) {
            this.onChange(value);
        }
        this.root.el.querySelector(`[data-value="${value}"]`).focus();
    }

    onKeydown(ev) {
        if (ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        const choices = this.choices;
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[ev.key];
        const now = choices.findIndex((choice) => choice.value === ev.target.dataset.value);
        const chosen = step
            ? choices[(now + step + choices.length) % choices.length]
            : ev.key.length === 1 && choices.find((choice) => choice.letter === ev.key.toLocaleLowerCase());
        if (chosen) {
            ev.preventDefault();
            ev.stopPropagation();
            this.choose(chosen.value);
        }
    }
}

registry.category("fields").add("collection_outcome", {
    ...badgeSelectionField,
    component: OutcomeField,
    displayName: _t("Outcome of a contact"),
    supportedTypes: ["selection"],
});
