import { Component, onError, onMounted, onWillDestroy, useRef, useState, useSubEnv } from "@odoo/owl";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { useService } from "@web/core/utils/hooks";
import { View, getDefaultConfig } from "@web/views/view";
import { drafts } from "./desk";

/**
 * The form in which a contact is logged, beside its case: items, figures and guide stay in sight while one types.
 *
 * It stands in the column of the chatter, on a narrower screen at the right edge, and on a phone it is a sheet from below.
 */
export class LogContactPanel extends Component {
    static template = "grey_hat_collections.LogContactPanel";
    static components = { View };
    static props = {
        caseId: Number,
        aside: { type: Boolean, optional: true },
    };

    setup() {
        this.ui = useService("ui");
        this.root = useRef("root");
        this.desk = useState(this.env.collectionDesk.state);
        const draft = drafts.read(this.props.caseId);
        this.hasDraft = Boolean(draft);
        const proposed = Object.entries(draft || {}).map(([name, value]) => [`default_${name}`, value]);
        const context = {
            ...Object.fromEntries(proposed),
            default_case_id: this.props.caseId,
            default_activity_id: this.desk.activityId,
            collection_has_next: Boolean(this.position),
        };
        for (const itemId of draft?.about_ids?.[0]?.[2] || []) {
            this.desk.ticked.add(itemId);
        }
        // made once: a form whose props change begins anew
        this.viewProps = {
            type: "form",
            resModel: "collection.log.contact",
            context,
            display: { controlPanel: false },
            caseId: this.props.caseId,
            onLogged: (options) => this.env.collectionDesk.logged(options),
            onDiscard: () => this.env.collectionDesk.discard(),
        };
        // a form beside another one: what it says about itself is not said about the case
        useSubEnv({ config: getDefaultConfig(), __beforeLeave__: null, __getLocalState__: null });
        onError((error) => {
            drafts.drop(this.props.caseId); // it may name somebody who is gone; the next time begins anew
            this.env.collectionDesk.close();
            throw error;
        });
        useHotkey("escape", () => this.hide(), { area: () => this.root.el, bypassEditableProtection: true });
        onMounted(() => document.body.classList.add("o_collection_logging"));
        onWillDestroy(() => document.body.classList.remove("o_collection_logging"));
    }

    get position() {
        return this.env.collectionDesk.position();
    }

    /** The next customer, without recording anything; what was typed is there when one comes back. */
    skip() {
        this.env.collectionDesk.skip();
    }

    /** The panel closes, and what was typed is there when it opens again. */
    hide() {
        this.env.collectionDesk.close();
    }
}
