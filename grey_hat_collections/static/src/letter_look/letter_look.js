import { Component, onWillDestroy, onWillStart, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { hidePDFJSButtons } from "@web/core/utils/pdfjs";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { makePaper } from "./paper";

/** A letter as its customer would get it: the PDF and the e-mail, made by the server for this look. */
export class LetterLook extends Component {
    static template = "grey_hat_collections.LetterLook";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ look: null });
        this.keepLast = new KeepLast();
        this.viewer = useRef("viewer");
        this.paper = null;
        onWillStart(() => {
            this.load(this.props.record);
        });
        onWillUpdateProps(({ record }) => {
            if (record.resId !== this.resId) {
                this.load(record);
            }
        });
        useEffect(
            (frame) => {
                if (frame) {
                    hidePDFJSButtons(frame, { hidePrint: true });
                }
            },
            () => [this.viewer.el]
        );
        onWillDestroy(() => this.paper?.forget());
    }

    /** Ask for the letter; the page does not wait for it. What an earlier letter answers late is not shown. */
    async load(record) {
        this.resId = record.resId;
        this.state.look = null;
        const look = await this.keepLast.add(this.orm.call("collection.letter", "look", [record.resId]));
        this.paper?.forget();
        this.paper = makePaper(look.pdf);
        this.state.look = look;
        if (look.changed) {
            await record.load();
        }
    }
}

export const letterLook = { component: LetterLook };

registry.category("view_widgets").add("collection_letter_look", letterLook);
