import { beforeEach, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryAllAttributes } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import { drafts } from "@grey_hat_collections/desk/desk";

class Contact extends models.Model {
    _name = "collection.log.contact";

    outcome = fields.Selection({
        selection: [
            ["promised", "Promised"],
            ["paid", "Paid by card"],
            ["refuses", "Refuses"],
        ],
    });
    day = fields.Date();

    _records = [
        { id: 1, day: "2026-11-30" },
        { id: 2, day: "2026-12-01" },
        { id: 3, day: "2026-12-03" },
        { id: 4, day: "2026-11-29" },
        { id: 5, day: "2026-11-20" },
    ];
}

defineModels({ ...mailModels, Contact });

beforeEach(() => mockDate("2026-11-30 10:00:00"));

const outcome = () =>
    mountView({ type: "form", resModel: "collection.log.contact", arch: `<form><field name="outcome" widget="collection_outcome"/></form>` });

test("letters and arrows choose the outcome", async () => {
    await outcome();
    expect("[data-value=promised]").toBeFocused();
    expect(queryAllTexts("[role=radio] u")).toEqual(["P", "a", "R"]);
    await press("a");
    await animationFrame();
    expect("[data-value=paid]").toHaveClass("active");
    expect("[data-value=paid]").toBeFocused();
    await press("ArrowRight");
    await animationFrame();
    expect("[data-value=refuses]").toHaveClass("active");
    expect(queryAllAttributes("[role=radio]", "aria-checked")).toEqual(["false", "false", "true"]);
    await press("x");
    await animationFrame();
    expect("[data-value=refuses]").toHaveClass("active");
});

test("a day is said as people say it", async () => {
    await mountView({
        type: "list",
        resModel: "collection.log.contact",
        arch: `<list><field name="day" widget="collection_day" readonly="1"/></list>`,
    });
    expect(queryAllTexts("td[name=day]")).toEqual([
        "Today",
        "Tomorrow",
        "Thu, Dec 3 (in 3 days)",
        "Yesterday",
        "Fri, Nov 20 (10 days ago)",
    ]);
});

test("a draft belongs to its case and ends when it is dropped", async () => {
    drafts.keep(7, { note: "They pay on Friday" });
    expect(drafts.read(7)).toEqual({ note: "They pay on Friday" });
    expect(drafts.read(8)).toBe(null);
    drafts.keep(8, {});
    expect(drafts.read(8)).toBe(null);
    drafts.forget({ keepOwn: true });
    expect(drafts.read(7)).toEqual({ note: "They pay on Friday" });
    drafts.forget();
    expect(drafts.read(7)).toBe(null);
});
