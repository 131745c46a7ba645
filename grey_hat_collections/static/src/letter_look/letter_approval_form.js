import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/** Buttons after which the letter needs nobody any more. */
const DONE = new Set(["action_approve", "action_cancel"]);

/** One letter after the other: what is approved or cancelled makes room for the next one of the list. */
export class LetterApprovalFormController extends FormController {
    async afterExecuteActionButton(clickParams) {
        await super.afterExecuteActionButton(clickParams);
        const { resId, resIds } = this.model.root;
        const following = resIds[resIds.indexOf(resId) + 1];
        if (DONE.has(clickParams.name) && following) {
            await this.model.load({ resId: following, resIds });
        } else if (DONE.has(clickParams.name) && resIds.length > 1) {
            await this.env.services.action.doAction("grey_hat_collections.collection_letter_action_to_approve", {
                clearBreadcrumbs: true,
            });
        }
    }
}

registry.category("views").add("collection_letter_approval_form", {
    ...formView,
    Controller: LetterApprovalFormController,
});
