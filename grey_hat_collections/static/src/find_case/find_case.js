import { DefaultCommandItem } from "@web/core/commands/command_palette";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

import { Component } from "@odoo/owl";

/** Nothing else begins with it, and an amount may: typed in front of one, it is no mistake. */
const NAMESPACE = "$";
const HOTKEY = "alt+shift+f";

/** A case in the command palette: whose it is, by what it was found, how much is chased and how old that is. */
class CaseCommand extends Component {
    static template = "grey_hat_collections.CaseCommand";
    static props = {
        ...DefaultCommandItem.props,
        foundBy: String,
        amount: String,
        age: String,
        company: String,
    };
}

function age({ closed_on, days }) {
    if (closed_on) {
        return _t("Settled on %s", closed_on);
    }
    return days === 1 ? _t("1 day overdue") : _t("%s days overdue", days);
}

/** The cases that a typed text finds, as commands that open them. */
async function provide(env, { searchValue }) {
    const text = searchValue.trim();
    const found = text ? await env.services.orm.silent.call("collection.case", "find", [text]) : [];
    return found.map((found) => ({
        Component: CaseCommand,
        action: () =>
            env.services.action.doAction("grey_hat_collections.collection_case_action", {
                viewType: "form",
                props: { resId: found.id },
            }),
        category: found.closed_on ? "collection_settled" : "collection_open",
        href: `/odoo/collections/${found.id}`,
        name: found.name,
        props: {
            foundBy: found.found_by,
            amount: found.amount,
            age: age(found),
            company: found.company,
        },
    }));
}

const ask = (env) => env.services.command.openMainPalette({ searchValue: NAMESPACE });

/** The same for who has no keyboard at hand, or does not know the key yet. */
class FindCase extends Component {
    static template = "grey_hat_collections.FindCase";
    static props = {};

    get title() {
        return _t("Find a Case (Alt+Shift+F)");
    }

    onClick() {
        ask(this.env);
    }
}

if (session.collection_finds_cases) {
    const categories = registry.category("command_categories");
    categories.add("collection_open", { namespace: NAMESPACE, name: _t("Open cases") }, { sequence: 10 });
    categories.add("collection_settled", { namespace: NAMESPACE, name: _t("Settled cases") }, { sequence: 20 });
    registry.category("command_setup").add(NAMESPACE, {
        debounceDelay: 200,
        emptyMessage: _t("No case found yet. Type an invoice number, customer's reference, amount, phone number, name, e-mail address, customer number, or the number of a letter, certified mail or referral."),
        name: _t("cases"),
        placeholder: _t("Who is calling? Invoice, amount, phone, name…"),
    });
    registry.category("command_provider").add("collection_case", { namespace: NAMESPACE, provide });
    registry.category("services").add("collection_find_case", {
        dependencies: ["command", "orm", "action"],
        start(env, { command }) {
            command.add(_t("Find a Case"), () => ask(env), {
                global: true,
                hotkey: HOTKEY,
                hotkeyOptions: { bypassEditableProtection: true },
            });
        },
    });
    registry.category("systray").add("collection_find_case", { Component: FindCase }, { sequence: 60 });
}
