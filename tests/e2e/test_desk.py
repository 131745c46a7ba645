"""The call screen by hand: how many keys and clicks a call takes, counted in a real browser."""

import pytest
from harness import Workbench
from office import DAY_BEGINS, overdue_office
from playwright.sync_api import Page, expect

from scripts.screenshots import log_in, settle

#: Everybody has a number, and is to be called today.
TO_BE_CALLED = """
for number, customer in enumerate(customers):
    customer.phone = f"+1 207 555 01{number:02}"
env["collection.case"].search([]).write({"next_action_date": fields.Date.today()})
env.cr.commit()
"""
PANEL = ".o_collection_log_panel"


class Hand:
    """A collector's hands: what they press, click and type is counted; typing one text counts as one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.used = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.used += 1
            settle(self.page)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.used += 1

    def click(self, selector: str) -> None:
        self.page.click(selector)
        self.used += 1
        settle(self.page)

    def counted(self) -> int:
        used, self.used = self.used, 0
        return used


@pytest.fixture
def office(workbench: Workbench) -> tuple[Workbench, str]:
    database = overdue_office(workbench, 6, DAY_BEGINS, TO_BE_CALLED)
    return workbench, database


def shows(page: Page, customer: str) -> None:
    expect(page.locator(".o_collection_case_form h1")).to_contain_text(customer)


def test_a_round_of_calls_by_keyboard(office, page, odoo_ask):
    workbench, database = office
    server = workbench.server(database)
    log_in(page, server.url, "coll", "coll")
    page.goto(f"{server.url}/odoo/collections-my-day")
    settle(page, ".o_data_row")
    names = page.locator(".o_data_row td[name=partner_id]").all_inner_texts()
    assert len(names) == 6
    hand = Hand(page)
    page.click(".o_data_row >> nth=0 >> td[name=next_action]")
    settle(page, ".o_collection_case_form")
    page.keyboard.press("Alt+l")
    expect(page.locator(f"{PANEL} [data-value=reached]")).to_be_focused()

    hand.press("l", "Alt+Enter")
    shows(page, names[1])
    assert hand.counted() <= 4, "left a message, and the next"

    expect(page.locator(f"{PANEL} [data-value=reached]")).to_be_focused()
    hand.press("p", "Alt+Enter")
    shows(page, names[2])
    assert hand.counted() <= 6, "promised, and the next"

    expect(page.locator(f"{PANEL} [data-value=reached]")).to_be_focused()
    hand.press("d")
    hand.click(f"{PANEL} [name=dispute_kind] >> text=Quantity")
    hand.click(f"{PANEL} [name=dispute] textarea")
    hand.type("One box was missing")
    hand.click(f"{PANEL} [name=disputed_amount] input")
    hand.press("Control+a")
    hand.type("40")
    hand.click(f"{PANEL} [name=also_promised] input")
    hand.press("Alt+Enter")
    shows(page, names[3])
    assert hand.counted() <= 12, "a part disputed, the rest promised, and the next"

    page.keyboard.type("r")
    page.click(f"{PANEL} [name=note] textarea")
    page.keyboard.type("They asked about the weather")
    page.reload()
    settle(page, ".o_collection_case_form")
    page.keyboard.press("Alt+l")
    expect(page.locator(f"{PANEL} [name=note] textarea")).to_have_value("They asked about the weather")

    told = odoo_ask(
        database,
        """
answer = {
    "notes": env["collection.note"].search_count([]),
    "promises": sorted(env["collection.promise"].search([]).mapped("amount")),
    "disputes": env["collection.dispute"].search([]).mapped("line_ids.amount"),
}
""",
    )
    assert told["notes"] == 3
    assert told["disputes"] == [40]
    assert len(told["promises"]) == 2


def test_a_customer_is_found_by_a_number_on_the_phone(office, page):
    workbench, database = office
    server = workbench.server(database)
    log_in(page, server.url, "coll", "coll")
    page.goto(f"{server.url}/odoo/collections")
    settle(page, ".o_kanban_record")
    hand = Hand(page)
    hand.press("Alt+Shift+f")
    hand.type("(207) 555-0103")
    expect(page.locator(".o_command").first).to_contain_text("Customer 3")
    assert hand.counted() <= 2, "found"
    page.keyboard.press("Enter")
    shows(page, "Customer 3")
