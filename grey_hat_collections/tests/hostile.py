"""Text, amounts and days that mean harm, and how one sees that they did some. Knows nothing of Odoo."""

import re
from datetime import date, datetime

from hypothesis import strategies as st
from lxml import html

#: The word by which harm is known: as the name of an element or an attribute, in a script, in an address to be opened.
CANARY = "hostile"
#: What a template has made of ``7 * 191`` where it was carried out.
CARRIED_OUT = "1337"
LONGEST = 3000
#: Elements that our pages have as well, and those that they never have.
CARRIERS, FOREIGN = ("script", "style"), ("iframe", "svg", "object", "embed", "form", "base")

HTML = (
    "<script>hostile()</script>",
    "</script><script>hostile()</script>",
    "<hostile>",
    "</td></tr></table><hostile>",
    '"><hostile x="',
    "'><hostile x='",
    '" onmouseover="hostile()" x="',
    "<img src=x onerror=hostile()>",
    "<svg/onload=hostile()>",
    '<a href="javascript:hostile()">here</a>',
    '<iframe src="http://hostile.example"></iframe>',
    "<style>@import 'http://hostile.example'</style>",
    "<!-- hostile",
    "]]><hostile>",
    "<?hostile ?>",
    "&lt;hostile&gt;",
    "&#60;hostile&#62;",
    "\ufe64hostile\ufe65 \uff1chostile\uff1e",
    "<hos\x00tile>".replace("\x00", ""),
)
TEMPLATES = (
    "<t t-out='7 * 191'/>",
    '<t t-raw="7 * 191">x</t>',
    "<t t-call='web.layout'/>",
    '" t-att-hostile="7 * 191',
    "{{ 7 * 191 }}",
    "{{ object.env.cr.execute('SELECT 7 * 191') }}",
    "{% print(7 * 191) %}",
    "${7 * 191}",
    "#{7 * 191}",
    "%(amount)s %(customer)s %(hostile)s",
    "%s %d %n %",
    "100%",
    "{0} {} {hostile} {collector}",
    "{0.__class__}",
    "$(hostile) `hostile`",
)
SHEETS = ("=7*191", "+7*191", "-7*191", "@SUM(7*191)", "=cmd|' /C hostile'!A0", "\t=7*191", "\r=7*191")
LINES = (
    "\r\nX-Hostile: yes",
    "\nBcc: hostile@hostile.example\n\nHello",
    "\r\n.\r\nMAIL FROM:<hostile@hostile.example>",
    "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g",
)
SIGNS = (
    "\x01\x02\x08\x0e\x1b[31m\x7f\x9f",
    "\u202ehostile\u202c \u2066\u2069 \u200f\u200e",
    "\ufeff\u200b\u200d\u00ad",
    "\ufffe\uffff\ufdd0\U0010ffff",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d" * 9,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea",
    "مرحبا بالعالم שלום עולם",
    "ﷺ ﷽ 𒐫 ௌ",
    "\\ \\\\ \\' \\n ' \" ` ;-- ' OR 1=1 --",
    "../../../etc/passwd ..\\..\\hostile CON:",
    "/",
    ".",
    " ",
)
FRAGMENTS = (*HTML, *TEMPLATES, *SHEETS, *LINES, *SIGNS)

#: Any text that a database takes, made of what means harm and what nobody thought of.
texts = st.one_of(
    st.sampled_from(FRAGMENTS),
    st.lists(st.sampled_from(FRAGMENTS), min_size=2, max_size=4).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=80),
    st.builds(lambda text, times: (text * times)[:LONGEST], st.sampled_from(FRAGMENTS), st.integers(40, 400)),
).map(lambda text: text[:LONGEST])
#: The same in one line, as most forms let people type.
lines = texts.map(lambda text: " ".join(text.split()) or "x")
#: E-mail addresses: those that are none, several at once, and some with more in them than an address.
addresses = st.one_of(
    st.sampled_from(
        (
            "a@customer.example",
            '"Hostile <script>hostile()</script>" <a@customer.example>',
            "a@customer.example, b@customer.example",
            "a@customer.example\r\nBcc: hostile@hostile.example",
            "a@customer.example\nhostile",
            "hostile",
            "@",
            "a@b@c",
            "ä@bücher.example",
            "a" * 300 + "@customer.example",
            "<a@customer.example>",
            "a@customer.example;hostile@hostile.example",
            "'; DROP TABLE collection_case; --@customer.example",
            "\u202ea@customer.example",
        )
    ),
    lines,
)
#: Amounts at the limits of what a ledger takes, as text.
AMOUNTS = ("0.01", "0.03", "1.005", "999999.99", "99999999999.99", "12345678901.23")
#: Days at which calendars stumble.
DAYS = (
    date(2024, 2, 29),
    date(2025, 12, 31),
    date(2026, 1, 1),
    date(2025, 2, 28),
    date(2025, 3, 30),
    date(2025, 10, 26),
    date(1999, 12, 31),
    date(2000, 2, 29),
)
#: Places and the moments in UTC at which their clocks jump, or that their own calendar counts as another day.
MOMENTS = (
    ("Europe/Berlin", datetime(2026, 3, 29, 0, 59)),
    ("Europe/Berlin", datetime(2026, 3, 29, 1, 1)),
    ("Europe/Berlin", datetime(2025, 10, 26, 0, 30)),
    ("America/New_York", datetime(2026, 3, 8, 6, 59)),
    ("America/New_York", datetime(2026, 3, 8, 7, 1)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, 0)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22, 0)),
    ("Asia/Beirut", datetime(2026, 3, 28, 22, 0)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 0)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, 0)),
    ("Pacific/Kiritimati", datetime(2025, 12, 31, 10, 30)),
    ("America/Adak", datetime(2026, 1, 1, 9, 30)),
    ("Asia/Kathmandu", datetime(2024, 2, 29, 18, 15)),
)


def harm_in(page):
    """What in an HTML text came in by what somebody typed; empty where all of it stayed text.

    >>> harm_in("<p>&lt;hostile&gt; {{ 7 * 191 }}</p>")
    []
    >>> harm_in("<p><hostile>1337</hostile></p>")
    ['element hostile', 'a template was carried out']
    """
    tree = html.fromstring(f"<div>{page}</div>" if "<html" not in page.lower() else page)
    found = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            if CANARY in (element.text or "") and "<!--" not in html.tostring(element).decode()[:4]:
                found.append(f"instruction {element.text[:40]}")
            continue
        if CANARY in element.tag or element.tag.startswith("t-") or element.tag == "t":
            found.append(f"element {element.tag}")
        if element.tag in FOREIGN or (element.tag in CARRIERS and CANARY in html.tostring(element).decode()):
            found.append(f"in {element.tag}")
        for name, value in element.attrib.items():
            opened = name in ("href", "src", "action", "background", "formaction", "srcset")
            if CANARY in name or name.startswith("t-") or (name.startswith("on") and CANARY in value):
                found.append(f"attribute {name}")
            elif opened and re.match(r"\s*(javascript|data:text|vbscript)", value, re.IGNORECASE) and CANARY in value:
                found.append(f"address {value[:40]}")
    if CARRIED_OUT in tree.text_content():
        found.append("a template was carried out")
    return found
