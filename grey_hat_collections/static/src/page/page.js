import { Interaction } from "@web/public/interaction";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/** The page of a customer. It works without: this notes that somebody reads it, and copies what is to be typed at the bank. */
export class CollectionPage extends Interaction {
    static selector = ".o_collection_page";
    dynamicContent = {
        ".o_collection_copy": {
            "t-on-click": this.copy,
            "t-att-class": () => ({ "d-none": false }),
        },
        _document: { "t-on-visibilitychange": this.noteOpened },
    };

    start() {
        this.noteOpened();
    }

    /** Once, as soon as the page is in view: a program that only follows links never says so. */
    noteOpened() {
        if (this.el.dataset.noteOpened && document.visibilityState === "visible" && !this.noted) {
            this.noted = true;
            const body = new FormData();
            body.append("csrf_token", odoo.csrf_token);
            browser.fetch("/my/balance/opened", { method: "POST", body });
        }
    }

    async copy(ev) {
        const button = ev.currentTarget;
        await browser.navigator.clipboard.writeText(button.dataset.text);
        button.querySelector("i").className = "fa fa-check";
    }
}

registry.category("public.interactions").add("grey_hat_collections.page", CollectionPage);
