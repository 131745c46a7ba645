import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { hidePDFJSButtons } from "@web/core/utils/pdfjs";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { makePaper } from "../letter_look/paper";

const MODEL = "collection.letter.preview";

/** What the preview is asked for: the ids and names that the form around it holds. */
export function valuesOf({ company_id, step_id, partner_id, kind, lang }) {
    return {
        company_id: company_id ? company_id.id : false,
        step_id: step_id ? step_id.id : false,
        partner_id: partner_id ? partner_id.id : false,
        kind: kind || false,
        lang: lang || false,
    };
}

/**
 * A letter as it would leave: the paper, the e-mail, and the words to edit. It is asked for anew whenever the letter, the
 * customer or the language is changed. The e-mail stands in a frame where no script runs, whatever the template says: it may have
 * the origin of the page, because without scripts it can do nothing with it. What was typed and not saved waits with its letter
 * and language.
 */
export class LetterPreview extends Component {
    static template = "grey_hat_collections.LetterPreview";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.paper = useRef("paper");
        this.words = useRef("words");
        this.focused = null;
        this.state = useState({ tab: "letter", isLoading: true, look: {}, url: "", drafts: {}, refusal: "" });
        useRecordObserver((record) => this.observe(valuesOf(record.data)));
        useEffect(
            (el) => el && hidePDFJSButtons(el, { hidePresentation: true }),
            () => [this.paper.el]
        );
        onWillUnmount(() => this.forgetPaper());
    }

    // -- Asking for it -------------------------------------------------------------------------------------------

    observe(values) {
        const asked = JSON.stringify(values);
        if (asked === this.asked) {
            return;
        }
        this.asked = asked;
        this.state.refusal = "";
        this.values = values;
        this.load(); // not awaited: the form is there at once, the paper follows
    }

    async load() {
        this.state.isLoading = true;
        try {
            const look = await this.keepLast.add(this.orm.call(MODEL, "look", [this.values]));
            this.forgetPaper();
            this.file = makePaper(look.pdf);
            this.state.url = this.file?.address || "";
            delete look.pdf;
            this.state.look = look;
            if (!this.tabs.some(({ name }) => name === this.state.tab)) {
                this.state.tab = this.tabs[0].name;
            }
        } finally {
            this.state.isLoading = false;
        }
    }

    forgetPaper() {
        this.file?.forget();
        this.file = null;
        this.state.url = "";
    }

    /** The tabs that this letter has something for. */
    get tabs() {
        const { channel, passages } = this.state.look;
        return [
            { name: "letter", label: _t("Letter"), isShown: Boolean(this.state.url) || channel !== "email" },
            { name: "email", label: _t("E-mail"), isShown: channel === "email" },
            { name: "wording", label: _t("Wording"), isShown: Boolean(passages && passages.length) },
        ].filter(({ isShown }) => isShown);
    }

    /** Go to the step before or after this one that sends a letter. */
    go(stepId) {
        return this.props.record.update({ step_id: { id: stepId } });
    }

    // -- Words ---------------------------------------------------------------------------------------------------

    get draftKey() {
        const { step_id, kind, lang, company_id } = this.values || {};
        return JSON.stringify([step_id || kind, lang, company_id]);
    }

    get draft() {
        return this.state.drafts[this.draftKey] || {};
    }

    get isDirty() {
        return Object.keys(this.draft).length > 0;
    }

    textOf({ passage, text }) {
        return passage in this.draft ? this.draft[passage] : text;
    }

    rowsOf(passage) {
        const lines = this.textOf(passage).split("\n");
        const width = this.env.isSmall ? 40 : 90;
        return Math.min(12, Math.max(2, lines.reduce((rows, line) => rows + 1 + Math.floor(line.length / width), 0)));
    }

    type({ passage, text }, typed) {
        const draft = { ...this.draft, [passage]: typed };
        if (typed === text) {
            delete draft[passage];
        }
        this.state.drafts[this.draftKey] = draft;
    }

    /** Put a word in braces where the cursor was last, or at the end of the first passage. */
    insert(placeholder) {
        const areas = [...this.words.el.querySelectorAll("textarea")];
        const area = areas.find((one) => one.name === this.focused) || areas[0];
        area.focus();
        area.setRangeText(placeholder, area.selectionStart, area.selectionEnd, "end");
        area.dispatchEvent(new Event("input", { bubbles: true }));
    }

    async save() {
        if (await this.tell(() => this.orm.call(MODEL, "save_wording", [this.values, this.draft]))) {
            delete this.state.drafts[this.draftKey];
            this.state.tab = "letter";
            await this.load();
            this.notification.add(_t("The letter says so from now on."), { type: "success" });
        }
    }

    resetWording(passages) {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Back to the shipped text?"),
            body: _t("What was edited in this language is removed: %s.", passages.map(({ label }) => label).join(", ")),
            confirmLabel: _t("Back to the Shipped Text"),
            confirm: async () => {
                const names = passages.map(({ passage }) => passage);
                if (await this.tell(() => this.orm.call(MODEL, "reset_wording", [this.values, names]))) {
                    const draft = { ...this.draft };
                    names.forEach((name) => delete draft[name]);
                    this.state.drafts[this.draftKey] = draft;
                    await this.load();
                }
            },
            cancel: () => {},
        });
    }

    get edited() {
        return (this.state.look.passages || []).filter(({ edited }) => edited);
    }

    // -- E-mail --------------------------------------------------------------------------------------------------

    /** On top of this dialog: an action would take its place. */
    editEmail() {
        this.dialog.add(FormViewDialog, {
            resModel: "mail.template",
            resId: this.state.look.template.id,
            title: _t("E-mail"),
            onRecordSaved: () => this.load(),
        });
    }

    resetEmail() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Back to the shipped text?"),
            body: _t("What was edited in this e-mail is lost, for every step that uses it."),
            confirmLabel: _t("Back to the Shipped Text"),
            confirm: async () => {
                if (await this.tell(() => this.orm.call(MODEL, "reset_email", [this.values]))) {
                    await this.load();
                }
            },
            cancel: () => {},
        });
    }

    /** Do it; where it is refused, say why beside what was typed, which stays. */
    async tell(work) {
        this.state.refusal = "";
        try {
            await work();
            return true;
        } catch (error) {
            const sentence = error.data && error.data.message;
            if (!sentence) {
                throw error;
            }
            this.state.refusal = sentence;
            return false;
        }
    }
}

registry.category("view_widgets").add("collection_letter_preview", {
    component: LetterPreview,
    fieldDependencies: [],
});
