import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne, queryRect } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";

class Case extends models.Model {
    _name = "collection.case";

    name = fields.Char();
    currency_id = fields.Many2one({ relation: "res.currency", default: 1 });
    amount_open = fields.Monetary({ currency_field: "currency_id" });
    bucket_0 = fields.Monetary({ currency_field: "currency_id" });
    bucket_1 = fields.Monetary({ currency_field: "currency_id" });
    bucket_2 = fields.Monetary({ currency_field: "currency_id" });
    bucket_3 = fields.Monetary({ currency_field: "currency_id" });
    bucket_4 = fields.Monetary({ currency_field: "currency_id" });

    _records = [
        { id: 1, name: "Young and old", amount_open: 400, bucket_0: 100, bucket_4: 300 },
        { id: 2, name: "Settled" },
    ];
}

defineModels({ ...mailModels, Case });

const form = (options = "{}") =>
    `<form><field name="amount_open" widget="collection_aging_bar" options="${options}"/></form>`;

test("each segment is as wide as its share of the amount", async () => {
    await mountView({ type: "form", resModel: "collection.case", resId: 1, arch: form() });
    expect(".o_aging_bar_segment").toHaveCount(2);
    const young = queryRect(".o_aging_bar_segment.o_aging_bar_bucket_0").width;
    const old = queryRect(".o_aging_bar_segment.o_aging_bar_bucket_4").width;
    expect(Math.round(old / young)).toBe(3);
    expect(".o_aging_bar_legend").toHaveCount(0);
});

test("the amounts are there for those who cannot see the colours", async () => {
    await mountView({ type: "form", resModel: "collection.case", resId: 1, arch: form() });
    expect("[role=img]").toHaveAttribute(
        "aria-label",
        /^Open by age: Not due \$\s100\.00, Over 90 days \$\s300\.00$/
    );
});

test("the legend names every age and its amount", async () => {
    await mountView({
        type: "form",
        resModel: "collection.case",
        resId: 1,
        arch: form("{'legend': true}"),
    });
    expect(".o_aging_bar_legend li").toHaveCount(5);
    expect(queryAllTexts(".o_aging_bar_legend li > span:first-child")).toEqual([
        "Not due",
        "1–30 days",
        "31–60 days",
        "61–90 days",
        "Over 90 days",
    ]);
    expect(queryOne(".o_aging_bar_legend li:last-child .o_aging_bar_amount")).toHaveText(/300\.00/);
});

test("a customer who owes nothing gets an empty bar that says so", async () => {
    await mountView({ type: "form", resModel: "collection.case", resId: 2, arch: form() });
    expect(".o_aging_bar_segment").toHaveCount(0);
    expect("[role=img]").toHaveClass("o_aging_bar_empty");
    expect("[role=img]").toHaveAttribute("aria-label", "Nothing is open.");
});

test("the bar stands in a list", async () => {
    await mountView({
        type: "list",
        resModel: "collection.case",
        arch: `<list><field name="name"/><field name="amount_open" widget="collection_aging_bar"/></list>`,
    });
    expect(".o_data_row .o_aging_bar_track").toHaveCount(2);
    expect(".o_data_row:first-child .o_aging_bar_segment").toHaveCount(2);
});
