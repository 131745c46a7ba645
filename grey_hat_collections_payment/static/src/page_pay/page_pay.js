import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Choosing what to pay works without; this says what the ticked items come to. */
export class CollectionChoose extends Interaction {
    static selector = ".o_collection_choose";
    dynamicContent = {
        _root: { "t-on-input": this.sumUp },
        ".o_collection_choose_total": { "t-att-class": () => ({ "d-none": false }) },
        ".o_collection_choose_total span": { "t-out": () => this.total },
    };

    setup() {
        this.total = "";
        this.sumUp();
    }

    /** What is paid in part counts with that part, ticked or not. */
    sumUp() {
        const { part_item: item, part_amount: part } = this.el.elements;
        const { digits, symbol, position } = this.el.dataset;
        const scale = 10 ** Number(digits);
        let total = 0;
        for (const box of this.el.querySelectorAll("input[name=item]")) {
            if (item.value === box.value) {
                total += Math.round(Number(part.value) * scale);
            } else if (box.checked) {
                total += Math.round(Number(box.dataset.amount) * scale);
            }
        }
        const number = new Intl.NumberFormat(document.documentElement.lang, {
            minimumFractionDigits: Number(digits),
        }).format(total / scale);
        this.total = position === "before" ? `${symbol}\u00a0${number}` : `${number}\u00a0${symbol}`;
    }
}

registry.category("public.interactions").add("grey_hat_collections_payment.choose", CollectionChoose);
