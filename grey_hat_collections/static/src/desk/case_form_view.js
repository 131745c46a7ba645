import { useState, useSubEnv } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { createElement, setAttributes } from "@web/core/utils/xml";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";
import { makeDesk } from "./desk";
import { LogContactPanel } from "./log_contact_panel";

/** How many buttons stand beside the menu: those of a call. */
const BUTTONS = 2;

/** Two buttons and a menu with the others, on a phone one. */
export class CaseStatusBarButtons extends StatusBarButtons {
    static template = "grey_hat_collections.CaseStatusBarButtons";

    get shownSlots() {
        return this.visibleSlotNames.slice(0, this.env.isSmall ? 1 : BUTTONS);
    }

    get foldedSlots() {
        return this.visibleSlotNames.slice(this.shownSlots.length);
    }
}

/** The panel in which a contact is logged stands in the column of the chatter, and takes its place while it is open. */
export class CaseFormCompiler extends FormCompiler {
    compile() {
        const compiled = super.compile(...arguments);
        const chatter = compiled.querySelector(".o-mail-Form-chatter");
        if (chatter) {
            const panel = createElement("LogContactPanel");
            setAttributes(panel, {
                "t-if": "__comp__.env.collectionDesk and __comp__.env.collectionDesk.state.logging",
                "t-key": "__comp__.props.record.resId",
                caseId: "__comp__.props.record.resId",
                aside: "__comp__.isAside",
            });
            chatter.before(panel);
            // hidden, not removed: a message that somebody is writing stays
            const classes = chatter.getAttribute("t-attf-class") || "";
            chatter.setAttribute("t-attf-class", `${classes} {{ __comp__.isLoggingAside ? "d-none" : "" }}`);
        }
        return compiled;
    }
}

export class CaseFormRenderer extends FormRenderer {
    static components = {
        ...FormRenderer.components,
        StatusBarButtons: CaseStatusBarButtons,
        LogContactPanel,
    };

    setup() {
        super.setup();
        this.desk = this.env.collectionDesk && useState(this.env.collectionDesk.state);
    }

    /** Whether there is a column beside the case, where the chatter stands. */
    get isAside() {
        return this.mailLayout(false) === "SIDE_CHATTER";
    }

    get isLoggingAside() {
        return Boolean(this.desk?.logging) && this.isAside;
    }
}

export class CaseFormController extends FormController {
    setup() {
        super.setup();
        this.desk = useState(makeDesk());
        useSubEnv({
            collectionDesk: {
                state: this.desk,
                open: (activityId = false) => this.openPanel(activityId),
                logged: (options) => this.onLogged(options),
                close: () => this.closePanel(),
                discard: () => {
                    this.desk.ticked.clear();
                    this.closePanel();
                },
                skip: () => this.goOn(),
                position: () => this.position,
            },
        });
        if (this.props.context.collection_log_contact) {
            this.desk.logging = true;
        }
    }

    /** Where this case stands in the list it was opened from: `{ number, total }`, nothing where it stands alone. */
    get position() {
        const { resId, resIds } = this.model.root;
        return resIds.length > 1 ? { number: resIds.indexOf(resId) + 1, total: resIds.length } : null;
    }

    openPanel(activityId = false) {
        this.desk.activityId = activityId;
        this.desk.logging = true;
    }

    closePanel() {
        this.desk.logging = false;
        this.desk.activityId = false;
    }

    /** The button opens the panel beside the case; everywhere else, also where the case itself is in a dialog, a dialog. */
    async beforeExecuteActionButton(clickParams) {
        if (clickParams.name === "action_log_contact" && !this.env.inDialog) {
            if ((await this.model.root.save()) !== false) {
                this.openPanel();
            }
            return false;
        }
        if (clickParams.name === "action_send_copies") {
            clickParams.buttonContext = { collection_ticked: [...this.desk.ticked] };
        }
        return super.beforeExecuteActionButton(clickParams);
    }

    /** A contact was logged: what it has changed is shown, or the next customer. */
    async onLogged({ next = false } = {}) {
        this.desk.ticked.clear();
        if (next) {
            await this.goOn();
        } else {
            this.closePanel();
            await this.model.load();
        }
    }

    /** Go on to the next customer of the list, and log the next contact; say what was achieved when it was the last one. */
    async goOn() {
        const { resId, resIds } = this.model.root;
        const following = resIds[resIds.indexOf(resId) + 1];
        this.desk.ticked.clear();
        this.desk.activityId = false;
        if (following) {
            await this.model.load({ resId: following, resIds });
            return;
        }
        this.closePanel();
        const [achieved] = await Promise.all([
            this.orm.call("collection.case", "achieved_today", []),
            this.model.load(),
        ]);
        this.env.services.notification.add(achieved, { title: _t("That was the last one"), type: "success", sticky: true });
    }
}

export const caseFormView = {
    ...formView,
    Compiler: CaseFormCompiler,
    Controller: CaseFormController,
    Renderer: CaseFormRenderer,
};

registry.category("views").add("collection_case_form", caseFormView);
