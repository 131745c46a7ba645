import { onWillStart, useState } from "@odoo/owl";
import { rottingKanbanView } from "@mail/js/rotting_mixin/rotting_kanban_view";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { ActionHelper } from "@web/views/action_helper";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { sayUndoable } from "../undo/undo";
import { FirstSteps } from "./first_steps";

/** What an empty view says: what the ledger says, where nobody has a case; else what the action says. */
export class CaseActionHelper extends ActionHelper {
    static template = "grey_hat_collections.CaseActionHelper";

    setup() {
        this.action = useService("action");
        this.why = {};
        const orm = useService("orm");
        onWillStart(async () => {
            this.why = await orm.call("collection.case", "why_empty", []);
        });
    }

    run() {
        return this.action.doAction("grey_hat_collections.collection_case_action_run");
    }
}

/** Asked for once when the view opens, and only where the session says that there may be steps. */
const withFirstSteps = (Renderer) =>
    class extends Renderer {
        setup() {
            super.setup();
            this.firstSteps = useState({ told: {} });
            this.firstStepsOrm = useService("orm");
            onWillStart(() => session.collection_first_steps && this.loadFirstSteps());
        }

        get hasFirstSteps() {
            return Boolean(this.firstSteps.told.steps);
        }

        async loadFirstSteps() {
            this.firstSteps.told = await this.firstStepsOrm.call("collection.case", "first_steps", []);
        }
    };

export class CaseKanbanRenderer extends withFirstSteps(rottingKanbanView.Renderer) {
    static template = "grey_hat_collections.CaseKanbanRenderer";
    static components = { ...rottingKanbanView.Renderer.components, ActionHelper: CaseActionHelper, FirstSteps };

    setup() {
        super.setup();
        this.services = {
            action: useService("action"),
            notification: useService("notification"),
            orm: useService("orm"),
        };
    }

    /** A card was moved: say so, and how to take it back. */
    async sortRecordDrop(dataRecordId, dataGroupId, { parent }) {
        const record = this.props.list.records.find((record) => record.id === dataRecordId);
        await super.sortRecordDrop(...arguments);
        if (!record || !parent || parent.dataset.id === dataGroupId) {
            return;
        }
        const told = await this.services.orm.call("collection.undo", "last_move", [record.resId]);
        // a move that was refused has no undo of its own
        if (told.ids && told.ids[0] !== this.lastMove) {
            this.lastMove = told.ids[0];
            sayUndoable(this.services, told);
        }
    }
}

export class CaseListRenderer extends withFirstSteps(ListRenderer) {
    static template = "grey_hat_collections.CaseListRenderer";
    static components = { ...ListRenderer.components, ActionHelper: CaseActionHelper, FirstSteps };
}

registry.category("views").add("collection_case_kanban", { ...rottingKanbanView, Renderer: CaseKanbanRenderer });
registry.category("views").add("collection_case_list", { ...listView, Renderer: CaseListRenderer });
