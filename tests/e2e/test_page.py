"""The customer's page in a real browser, on a desk and on a telephone: what is there, and whether everybody can use it."""

from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from office import DAY_BEGINS, overdue_office

LINKS = """
links = env["collection.page.link"]
cases = env["collection.case"].search([("state", "!=", "closed")], order="id")
settled = env["res.partner"].create({"name": "Settled", "is_company": True})
answer = {
    "owes": links._address(links._make_link(cases[0].partner_id, company), ""),
    "disputes": links._address(links._make_link(cases[1].partner_id, company), ""),
    "settled": links._address(links._make_link(settled, company), ""),
    "number": cases[0].open_item_ids[:1].move_name,
}
env["collection.dispute"].create(
    {"case_id": cases[1].id, "kind": "quantity", "description": "Two are missing",
     "line_ids": [(0, 0, {"item_id": cases[1].open_item_ids[:1].id})]})
env.cr.commit()
"""
#: What is checked: the rules of WCAG 2.2, and what is held good beyond them.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DESK, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def office(shared_workbench):
    """A server of an office, and the paths of personal links into it."""
    database = overdue_office(shared_workbench, 2, DAY_BEGINS)
    links = shared_workbench.ask(database, "company = env.company\n" + LINKS)
    return shared_workbench.server(database).url, links, database


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("state", ["owes", "disputes", "settled", "nothing"])
def test_everybody_can_use_it(office, browser, state, screen):
    url, links, _database = office
    page = browser.new_page(viewport=screen)
    page.goto(url + links.get(state, "/my/balance/open/nothing"))
    page.wait_for_load_state("networkidle")
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], "nothing is pushed aside"
    page.close()


def test_a_link_is_opened_looked_at_and_noted(office, browser, shared_workbench):
    url, links, database = office
    opened = "SELECT COALESCE(SUM(opened_count), 0) FROM collection_page_link"
    [(before,)] = shared_workbench.query(database, opened)
    page = browser.new_page(viewport=PHONE)
    page.goto(url + links["owes"])
    assert page.url == f"{url}/my/balance"
    assert links["number"] in page.inner_text(".o_collection_page")
    page.wait_for_load_state("networkidle")
    [(after,)] = shared_workbench.query(database, opened)
    assert int(after) == int(before) + 1, "somebody has read it"
    with page.expect_download() as download:
        page.click(f"a:has-text('{links['number']}')")
    assert download.value.suggested_filename.endswith(".pdf")
    page.close()


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_everybody_can_fill_in_every_form(office, browser, screen):
    url, links, _database = office
    page = browser.new_page(viewport=screen)
    page.goto(url + links["owes"])
    forms = [one.get_attribute("href") for one in page.locator("a[href*='/my/balance/do/']").all()]
    assert len(forms) >= 9
    faults = {}
    for form in forms:
        page.goto(url + form)
        found = Axe().run(page, options=RULES).response["violations"]
        faults[form] = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        if page.evaluate("document.documentElement.scrollWidth") > screen["width"]:
            faults[form].append("something is pushed aside")
    assert {form: found for form, found in faults.items() if found} == {}
    page.close()


def test_a_promise_is_made_on_a_telephone_and_shows_at_once(office, browser, shared_workbench):
    url, links, database = office
    page = browser.new_page(viewport=PHONE)
    page.goto(url + links["owes"])
    page.click("a[href$='/my/balance/do/promise']")
    page.fill("input[name=day]", (date.today() + timedelta(days=4)).isoformat())
    page.fill("input[name=person]", "Ada Customer")
    page.click(".o_collection_page form button[type=submit]")
    page.wait_for_load_state("networkidle")
    assert page.url == f"{url}/my/balance"
    assert "promised" in page.inner_text(".o_collection_page").lower()
    assert shared_workbench.query(database, "SELECT state FROM collection_promise") == [("open",)]
    page.close()
