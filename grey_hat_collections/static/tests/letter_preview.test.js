import { beforeEach, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";

class Step extends models.Model {
    _name = "collection.policy.step";
    name = fields.Char();
    _records = [
        { id: 1, name: "Friendly reminder" },
        { id: 2, name: "Final notice" },
    ];
}

class Preview extends models.Model {
    _name = "collection.letter.preview";
    company_id = fields.Many2one({ relation: "res.company" });
    step_id = fields.Many2one({ relation: "collection.policy.step" });
    partner_id = fields.Many2one({ relation: "res.partner" });
    kind = fields.Char();
    lang = fields.Char();
    _records = [{ id: 1, step_id: 1, lang: "en_US" }];
}

defineModels({ ...mailModels, Step, Preview });

const arch = `
    <form>
        <field name="company_id" invisible="1"/><field name="step_id"/><field name="partner_id"/><field name="kind"/><field name="lang"/>
        <widget name="collection_letter_preview"/>
    </form>`;
const LOOK = {
    problem: "",
    notice: "",
    pdf: false,
    channel: "email",
    channel_label: "E-mail",
    to: "pay@acme.example",
    subject: "Reminder",
    body: "<p>Hello</p><script>parent.document.title = 'harmed'</script>",
    passages: [
        { passage: "opening", label: "Opening", text: "Please pay.", edited: false },
        { passage: "closing", label: "Closing", text: "Call me.", edited: true },
    ],
    placeholders: ["{customer}", "{amount}"],
    may_edit: true,
    previous: false,
    next: 2,
    template: false,
};
let look;

beforeEach(() => {
    look = { ...LOOK };
    onRpc("collection.letter.preview", "look", ({ args }) => {
        expect.step(["look", args[0].step_id, args[0].lang]);
        return look;
    });
});

const mount = () => mountView({ type: "form", resModel: "collection.letter.preview", resId: 1, arch });

test("the e-mail is read in a frame where no script runs", async () => {
    await mount();
    await animationFrame();
    expect.verifySteps([["look", 1, "en_US"]]);
    expect(queryAllTexts("[role=tab]")).toEqual(["E-mail", "Wording"]);
    expect("dd[name=to]").toHaveText("pay@acme.example");
    expect("iframe[sandbox]").toHaveAttribute("sandbox", "allow-same-origin");
    expect(queryOne("iframe[sandbox]").srcdoc).toInclude("<p>Hello</p>");
});

test("the next step is asked for, and nothing is asked for twice", async () => {
    await mount();
    await animationFrame();
    await contains("button[name=next_step]").click();
    await animationFrame();
    expect.verifySteps([
        ["look", 1, "en_US"],
        ["look", 2, "en_US"],
    ]);
});

test("words are inserted where the cursor was, and only what was edited is saved", async () => {
    onRpc("collection.letter.preview", "save_wording", ({ args }) => {
        expect.step(["save", args[1]]);
        return true;
    });
    await mount();
    await animationFrame();
    await contains("button[name=wording]").click();
    expect("button[name=save_wording]").not.toBeEnabled();
    await contains("textarea[name=closing]").edit("Call me, ");
    await contains("button:contains({customer})").click();
    expect("textarea[name=closing]").toHaveValue("Call me, {customer}");
    await contains("button[name=save_wording]").click();
    await expect.waitForSteps([
        ["look", 1, "en_US"],
        ["save", { closing: "Call me, {customer}" }],
        ["look", 1, "en_US"],
    ]);
});

test("whoever may not edit reads", async () => {
    look.may_edit = false;
    await mount();
    await animationFrame();
    await contains("button[name=wording]").click();
    expect("textarea[name=opening]").toHaveAttribute("readonly");
    expect("button[name=save_wording]").toHaveCount(0);
    expect.verifySteps([["look", 1, "en_US"]]);
});

test("where there is no letter, one sentence says why", async () => {
    look = { problem: "Nothing is open.", notice: "", pdf: false, passages: [], previous: false, next: false, template: false };
    await mount();
    await animationFrame();
    expect(".alert").toHaveText("Nothing is open.");
    expect("iframe").toHaveCount(0);
    expect.verifySteps([["look", 1, "en_US"]]);
});
