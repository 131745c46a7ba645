import { Component } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** The steps that lead to the first case, above a board on which there is none yet. */
export class FirstSteps extends Component {
    static template = "grey_hat_collections.FirstSteps";
    static props = { told: Object, reload: Function };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.dialog = useService("dialog");
    }

    /** The first step that is not done is the one to take. */
    get next() {
        return this.props.told.steps.find((step) => !step.done);
    }

    get done() {
        return this.props.told.steps.filter((step) => step.done).length;
    }

    /** What starts is asked first: all other steps only look. */
    choose(code) {
        if (code !== "start") {
            return this.open(code);
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Start collections"),
            body: _t("The daily run opens the cases now, for good. Letters go out by their own hours and rules."),
            confirmLabel: _t("Start"),
            confirm: () => this.open(code),
            cancel: () => {},
        });
    }

    async open(code) {
        const action = await this.orm.call("collection.case", "open_first_step", [code]);
        await this.action.doAction(action, { onClose: () => this.props.reload() });
    }

    async close() {
        await this.orm.call("collection.case", "close_first_steps", [this.props.told.company_id]);
        await this.props.reload();
    }
}
