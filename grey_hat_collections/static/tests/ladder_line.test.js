import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, defineModels, fields, mockService, models, mountView } from "@web/../tests/web_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import { laidOut } from "@grey_hat_collections/ladder_line/ladder_line";

class Step extends models.Model {
    _name = "collection.policy.step";

    name = fields.Char();
    days_overdue = fields.Integer();
    letter_kind = fields.Selection({
        selection: [
            ["reminder", "Reminder"],
            ["final_notice", "Final notice"],
        ],
    });
    activity_type_id = fields.Many2one({ relation: "mail.activity.type" });
    activity_icon = fields.Char();

    _records = [
        { id: 1, name: "Friendly reminder", days_overdue: 1, letter_kind: "reminder" },
        { id: 2, name: "Call", days_overdue: 8, activity_icon: "fa-phone" },
        { id: 3, name: "Final notice", days_overdue: 30, letter_kind: "final_notice" },
    ];
}

class Policy extends models.Model {
    _name = "collection.policy";

    name = fields.Char();
    referral_days_from = fields.Integer();
    referral_days_to = fields.Integer();
    step_ids = fields.One2many({ relation: "collection.policy.step" });

    _records = [
        { id: 1, name: "Standard", referral_days_from: 30, referral_days_to: 60, step_ids: [1, 2, 3] },
        { id: 2, name: "Empty", referral_days_from: 30, referral_days_to: 60 },
    ];
}

defineModels({ ...mailModels, Step, Policy });

const arch = `
    <form>
        <widget name="collection_ladder_line"/>
        <field name="step_ids">
            <list editable="bottom">
                <field name="name"/><field name="days_overdue"/><field name="letter_kind"/>
                <field name="activity_type_id" column_invisible="1"/><field name="activity_icon" column_invisible="1"/>
            </list>
        </field>
    </form>`;

test("days stand where they are, and names have room until the next on their side", () => {
    const { days, band } = laidOut([{ day: 0 }, { day: 15 }, { day: 15 }, { day: 30 }], 30, 60);
    expect(days.map(({ day }) => day)).toEqual([0, 15, 30]);
    expect(days.map(({ at }) => at)).toEqual([0, 24, 48]);
    expect(days.map(({ room }) => room)).toEqual([48, 76, 52]);
    expect(days[1].steps).toHaveLength(2);
    expect([band.at, band.width]).toEqual([48, 48]);
    const [, late] = laidOut([{ day: 0 }, { day: 60 }], 30, 60).days;
    expect([late.at, late.room]).toEqual([88, 12]);
});

test("the line says in words what it draws", async () => {
    await mountView({ type: "form", resModel: "collection.policy", resId: 1, arch });
    expect(".o_ladder_stop").toHaveCount(3);
    expect(queryAllTexts(".o_ladder_step")).toEqual(["Friendly reminder", "Call", "Final notice"]);
    expect(".o_ladder_step:first").toHaveAttribute("aria-label", "Day 1: Friendly reminder (Reminder)");
    expect(".o_ladder_step .fa-phone").toHaveCount(1);
    expect(".o_ladder_dot.o_ladder_final").toHaveCount(1);
    expect(".o_ladder_legend").toHaveText("To an agency: day 30 to day 60");
});

test("it follows while a step is edited", async () => {
    await mountView({ type: "form", resModel: "collection.policy", resId: 1, arch });
    await contains(".o_data_row:eq(1) [name=days_overdue]").click();
    await contains(".o_data_row:eq(1) [name=days_overdue] input").edit("12");
    expect(queryAllTexts(".o_ladder_day")).toEqual(["Day 1", "Day 12", "Day 30"]);
});

test("a step that sends a letter opens its preview, another does not", async () => {
    mockService("action", {
        doAction(action, { additionalContext }) {
            expect.step([action, additionalContext]);
        },
    });
    await mountView({ type: "form", resModel: "collection.policy", resId: 1, arch });
    expect("button.o_ladder_step").toHaveCount(2);
    await contains("button.o_ladder_step:last").click();
    expect.verifySteps([["grey_hat_collections.collection_letter_preview_action", { default_step_id: 3 }]]);
});

test("days too near each other are listed below each other", async () => {
    Step._records[1].days_overdue = 2;
    Step._records[2].days_overdue = 3;
    await mountView({ type: "form", resModel: "collection.policy", resId: 1, arch });
    expect(".o_ladder").toHaveCount(0);
    expect(queryAllTexts(".o_ladder_row .o_ladder_day")).toEqual(["Day 1", "Day 2", "Day 3"]);
});

test("a policy without steps says what to do", async () => {
    await mountView({ type: "form", resModel: "collection.policy", resId: 2, arch });
    expect(".o_ladder_empty").toHaveText("No step yet: add the first.");
    expect(".o_ladder").toHaveCount(0);
});
