import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const DRAFT = "collection.log_contact.";

/**
 * What the parts of the call screen share: the case, whether a contact is being logged, and which items are ticked.
 *
 * Made by the form of a case for its children (`env.collectionDesk`); nothing else has one.
 *
 * @typedef {{ logging: boolean, activityId: number|false, ticked: Set<number> }} DeskState
 * @returns {DeskState}
 */
export function makeDesk() {
    return reactive({ logging: false, activityId: false, ticked: new Set() });
}

/** The key of a draft: it belongs to a person, a tab and a case. */
function draftKey(caseId) {
    return `${DRAFT}${user.userId}.${caseId}`;
}

/**
 * What somebody has typed about a call and not saved yet. It survives a reload of the tab, and ends with saving, discarding
 * or logging out.
 */
export const drafts = {
    /** @returns {Object|null} values by field */
    read(caseId) {
        try {
            return JSON.parse(browser.sessionStorage.getItem(draftKey(caseId)));
        } catch {
            return null; // not ours, or cut off
        }
    },
    keep(caseId, values) {
        if (Object.keys(values).length) {
            browser.sessionStorage.setItem(draftKey(caseId), JSON.stringify(values));
        } else {
            this.drop(caseId);
        }
    },
    drop(caseId) {
        browser.sessionStorage.removeItem(draftKey(caseId));
    },
    /** Forget the drafts of everybody, or of everybody else. */
    forget({ keepOwn = false } = {}) {
        const own = `${DRAFT}${user.userId}.`;
        for (const key of Object.keys(browser.sessionStorage)) {
            if (key.startsWith(DRAFT) && !(keepOwn && key.startsWith(own))) {
                browser.sessionStorage.removeItem(key);
            }
        }
    },
};

registry.category("services").add("collection_drafts", {
    /** Whoever logs in on this tab finds no words of somebody else, whichever way that session ended. */
    start() {
        drafts.forget({ keepOwn: true });
        const menu = registry.category("user_menuitems");
        const logOut = menu.get("log_out", null);
        if (logOut) {
            menu.add(
                "log_out",
                (env) => {
                    const item = logOut(env);
                    const { callback } = item;
                    item.callback = () => {
                        drafts.forget();
                        return callback();
                    };
                    return item;
                },
                { force: true }
            );
        }
    },
});
