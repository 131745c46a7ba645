import { onWillUnmount, useEffect, useState } from "@odoo/owl";
import { serializeDate, serializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { FormArchParser } from "@web/views/form/form_arch_parser";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { drafts } from "./desk";

/** What a draft does not keep: it is measured, or follows from the case. */
const NOT_KEPT = new Set(["activity_id", "case_id", "duration", "measured", "opened_at"]);

/** The values of a record in the form in which a context proposes them. */
function asDefaults(record) {
    const values = {};
    for (const [name, value] of Object.entries(record.data)) {
        const field = record.fields[name];
        const typed = name in (record._changes || {}) && name in record.activeFields && !field.readonly;
        if (!typed || NOT_KEPT.has(name)) {
            continue;
        }
        if (field.type === "many2many") {
            values[name] = [[6, 0, value.currentIds]];
        } else if (field.type === "many2one") {
            values[name] = value ? value.id : false;
        } else if (field.type === "date") {
            values[name] = value ? serializeDate(value) : false;
        } else if (field.type === "datetime") {
            values[name] = value ? serializeDateTime(value) : false;
        } else if (field.type !== "one2many") {
            values[name] = value;
        }
    }
    return values;
}

/** The form stands beside that of the case, which has fields of the same names: its own ids differ. */
export class LogContactArchParser extends FormArchParser {
    parse() {
        const info = super.parse(...arguments);
        const renamed = (id) => `log_${id}`;
        info.fieldNodes = Object.fromEntries(Object.entries(info.fieldNodes).map(([id, node]) => [renamed(id), node]));
        info.autofocusFieldIds = (info.autofocusFieldIds || []).map(renamed);
        for (const node of info.xmlDoc.querySelectorAll("[field_id]")) {
            node.setAttribute("field_id", renamed(node.getAttribute("field_id")));
        }
        return info;
    }
}

/**
 * The form in which a contact is logged, in the panel beside the case or in a dialog. In the panel what was typed is kept as
 * a draft; the buttons stand below the form.
 */
export class LogContactController extends FormController {
    static template = "grey_hat_collections.LogContactForm";
    static props = {
        ...FormController.props,
        caseId: { type: Number, optional: true },
        onLogged: { type: Function, optional: true },
    };

    setup() {
        super.setup();
        if (this.inPanel) {
            this.desk = useState(this.env.collectionDesk.state);
            useEffect(
                () => this.followItems(),
                () => [[...this.desk.ticked].join()]
            );
            onWillUnmount(() => this.takeTyped());
        }
    }

    get inPanel() {
        return Boolean(this.props.onLogged);
    }

    get modelParams() {
        const params = super.modelParams;
        params.hooks.onRecordChanged = (record) => this.onChanged(record);
        return params;
    }

    onChanged(record) {
        if (!this.inPanel) {
            return;
        }
        this.keepDraft(record);
        if (!this.followed) {
            this.showItems(record.data.about_ids.currentIds);
        }
    }

    /** What is chosen in the form is ticked in the list. */
    showItems(itemIds) {
        const { ticked } = this.desk;
        for (const itemId of [...ticked]) {
            if (!itemIds.includes(itemId)) {
                ticked.delete(itemId);
            }
        }
        itemIds.forEach((itemId) => ticked.add(itemId));
    }

    keepDraft(record = this.model.root) {
        if (!record.data.note_id && !this.isDiscarded) {
            const before = drafts.read(this.props.caseId);
            drafts.keep(this.props.caseId, { ...before, ...asDefaults(record) });
        }
    }

    /** What is ticked in the list is what the call is about; one tick after the other, however fast they come. */
    followItems() {
        this.followed = (this.followed || 0) + 1;
        this.following = (this.following || Promise.resolve()).then(async () => {
            try {
                await this.setItems([...this.desk.ticked]);
            } finally {
                this.followed -= 1;
            }
        });
    }

    async setItems(ticked) {
        const { root } = this.model;
        if (!root || root.data.note_id) {
            return;
        }
        const about = root.data.about_ids;
        const add = ticked.filter((id) => !about.currentIds.includes(id));
        const remove = about.currentIds.filter((id) => !ticked.includes(id));
        if (add.length || remove.length) {
            await about.addAndRemove({ add, remove });
        }
    }

    /** Nothing is saved by leaving: what was typed is a draft. */
    beforeVisibilityChange() {
        this.takeTyped();
    }

    beforeLeave() {
        return this.inPanel ? this.takeTyped() : super.beforeLeave(...arguments);
    }

    beforeUnload(ev) {
        return this.inPanel ? this.takeTyped() : super.beforeUnload(ev);
    }

    /** Keep what still stands in an input. */
    takeTyped() {
        if (!this.inPanel) {
            return;
        }
        this.model._urgentSave = true; // at once and without asking the server, as when a page is left
        this.model.bus.trigger("WILL_SAVE_URGENTLY");
        this.model._urgentSave = false;
        this.keepDraft();
    }

    async beforeExecuteActionButton(clickParams) {
        if (this.inPanel && clickParams.special === "cancel") {
            this.isDiscarded = true;
            drafts.drop(this.props.caseId);
            this.props.onDiscard();
            return false;
        }
        return super.beforeExecuteActionButton(clickParams);
    }

    async afterExecuteActionButton(clickParams) {
        await super.afterExecuteActionButton(clickParams);
        const { root } = this.model;
        if (this.inPanel && root.data.note_id) {
            drafts.drop(this.props.caseId);
            await this.props.onLogged({ next: clickParams.name === "action_log_and_next" });
        }
    }
}

export const logContactView = {
    ...formView,
    ArchParser: LogContactArchParser,
    Controller: LogContactController,
};

registry.category("views").add("collection_log_contact_form", logContactView);
