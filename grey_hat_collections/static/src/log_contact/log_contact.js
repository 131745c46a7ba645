import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { Activity } from "@mail/core/web/activity";
import { patch } from "@web/core/utils/patch";

/** Calls of a collection case are finished by writing down what came of them. */
export function isCollectionCall(activity) {
    return activity.res_model === "collection.case" && activity.activity_category === "phonecall" && activity.state !== "done";
}

/** Open the dialog for a call; resolves when it is closed. On the call screen the panel beside the case takes its place. */
async function logContact(services, activity) {
    const action = await services.orm.call("mail.activity", "action_log_contact", [[activity.id]]);
    await new Promise((resolve) => services.action.doAction(action, { onClose: resolve }));
}

patch(Activity.prototype, {
    get isCollectionCall() {
        return isCollectionCall(this.props.activity);
    },
    async onClickLogContact() {
        if (this.env.collectionDesk) {
            this.env.collectionDesk.open(this.props.activity.id);
            return;
        }
        const thread = this.thread;
        await logContact(this.env.services, this.props.activity);
        this.props.onActivityChanged(thread);
    },
});

patch(ActivityListPopoverItem.prototype, {
    get isCollectionCall() {
        return isCollectionCall(this.props.activity);
    },
    async onClickLogContact() {
        const { activity, onActivityChanged, onClickEditActivityButton } = this.props;
        onClickEditActivityButton(); // closes the popover, as editing does
        await logContact(this.env.services, activity);
        onActivityChanged?.();
    },
});
