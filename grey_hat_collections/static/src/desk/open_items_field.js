import { useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";

/** A list whose lines can be ticked: those that a call is about. The desk knows them, on whichever page of the list they are. */
export class OpenItemsRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.desk = this.env.collectionDesk && useState(this.env.collectionDesk.state);
        if (this.desk) {
            useEffect(
                () => this.showTicks(),
                () => [[...this.desk.ticked].join(), this.props.list.records.map((record) => record.id).join()]
            );
        }
    }

    get ticked() {
        return this.desk?.ticked || new Set();
    }

    /** A draft, another page of the list and the end of a call find the ticks that are theirs. */
    showTicks() {
        for (const record of this.props.list.records) {
            record.toggleSelection(this.ticked.has(record.resId));
        }
    }

    tick(records, on) {
        for (const { resId } of records) {
            if (on) {
                this.ticked.add(resId);
            } else {
                this.ticked.delete(resId);
            }
        }
    }

    /** All of the page, or none. */
    toggleSelection() {
        const { records } = this.props.list;
        this.tick(records, !records.every(({ resId }) => this.ticked.has(resId)));
    }

    toggleRecordSelection(record) {
        this.tick([record], !this.ticked.has(record.resId));
    }
}

export class OpenItemsField extends X2ManyField {
    static components = { ...X2ManyField.components, ListRenderer: OpenItemsRenderer };

    get rendererProps() {
        const props = super.rendererProps;
        if (this.props.viewMode === "list" && this.env.collectionDesk) {
            props.allowSelectors = true;
        }
        return props;
    }
}

registry.category("fields").add("collection_open_items", {
    ...x2ManyField,
    component: OpenItemsField,
    displayName: _t("Open items to tick"),
});
