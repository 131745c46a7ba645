import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Say what was done, with a button that takes it back; it stays long enough to be read and pressed. */
export function sayUndoable({ action, notification, orm }, { message, ids }) {
    const close = notification.add(message, {
        type: "success",
        autocloseDelay: 10000,
        buttons: [
            {
                name: _t("Undo"),
                primary: true,
                onClick: async () => {
                    close();
                    await action.doAction(await orm.call("collection.undo", "undo", [ids]));
                },
            },
        ],
    });
}

registry.category("actions").add("collection_undo", (env, { params }) => {
    sayUndoable(env.services, params);
    return params.next;
});
