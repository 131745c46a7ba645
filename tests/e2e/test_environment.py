"""The bench itself: what every other black-box test stands on."""

import urllib.request

from scripts.screenshots import log_in, settle


def test_a_server_answers_and_its_mail_stays_here(database, odoo_server, odoo_ask, smtp_sink):
    name = database()
    server = odoo_server(name, smtp_port=smtp_sink.port)
    with urllib.request.urlopen(f"{server.url}/web/health") as answer:
        assert answer.status == 200
    sent = odoo_ask(
        name,
        """
mail = env["mail.mail"].create({"email_from": "us@example.com", "email_to": "them@example.com", "subject": "Hello"})
mail.send()
answer = mail.exists().state or "sent"
""",
        options=["--smtp=127.0.0.1", f"--smtp-port={smtp_sink.port}"],
    )
    assert sent == "sent"
    (delivery,) = smtp_sink.to("them@example.com")
    assert delivery.message["Subject"] == "Hello"


def test_a_person_can_log_in(database, odoo_server, page):
    server = odoo_server(database())
    log_in(page, server.url, "admin", "admin")
    settle(page)
    assert page.locator(".o_main_navbar").is_visible()


def test_a_pdf_has_its_styles(database, odoo_server, odoo_ask):
    name = database()
    server = odoo_server(name)
    answer = odoo_ask(
        name,
        """
url = env["ir.config_parameter"].get_param("report.url")
html = "<html><head><link rel='stylesheet' href='%s/web/static/src/libs/fontawesome/css/font-awesome.css'/></head>"
html += "<body><i class='fa fa-star'></i></body></html>"
content = env["ir.actions.report"]._run_wkhtmltopdf([html % url])
answer = (url, b"FontAwesome" in content)
""",
    )
    assert answer == [server.url, True], "Whoever serves is asked for styles"
