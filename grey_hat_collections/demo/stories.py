"""The stories of the demonstration: who the customers are, and what has happened so far, in the order in which it happened."""

from .events import (
    CreditNote,
    DeliveryConfirmed,
    Hold,
    Instalments,
    Invoice,
    Note,
    OpeningBalance,
    Payment,
    Plan,
    Promise,
    Steps,
    Story,
)
from .stories_of_our_side import STORIES_OF_OUR_SIDE
from .stories_of_the_road import STORIES_OF_THE_ROAD

STORIES = (
    Story(
        "Bluebird Bakery",
        "First-timer: never late before, one invoice overlooked.",
        (Invoice(480.00, due=-2),),
    ),
    Story(
        "Cedar & Pine Joinery",
        "Pays in parts: 700.00 of 1,800.00 has arrived, the rest is promised for the coming days.",
        (
            Invoice(1800.00, due=-24),
            Steps(1),
            Payment(700.00, day=-10),
            Steps(2, ("Will pay the rest after payday.",)),
            Promise(1100.00, made=-1, due=3, said="Payday is at the end of the week; the rest comes then."),
        ),
    ),
    Story(
        "Millstone Brewing",
        "Instalments: of three, the first is paid, the second is overdue, the third is not due yet.",
        (Instalments(3000.00, due=-40), Payment(900.00, day=-38), Steps(1)),
    ),
    Story(
        "Tidewater Kayaks",
        "A credit note is still unmatched; only the rest is chased.",
        (Invoice(900.00, due=-12), Steps(1), CreditNote(250.00, day=-5)),
    ),
    Story(
        "Orchard Lane Grocers",
        "A payment is booked but still unmatched.",
        (Invoice(640.00, due=-9), Steps(1), Payment(200.00, day=-3, applied=False)),
    ),
    Story(
        "Summit Trail Outfitters",
        "A payment is under way for the older invoice: registered, not yet on a bank statement.",
        (Invoice(1150.00, due=-16), Invoice(420.00, due=-6), Payment(1150.00, day=-1)),
    ),
    Story(
        "Atelier Lumière",
        "Invoices in euros, letters in French.",
        (Invoice(2400.00, due=-18), Steps(2, ("Madame Duval cherche la facture et rappelle.",))),
        {"lang": "fr_FR", "tz": "Europe/Paris", "street": "14 rue des Tilleuls", "city": "Lyon", "zip": "69003"},
        currency="EUR",
        country="FR",
    ),
    Story(
        "Thistle & Wren Ltd",
        "Invoices in pounds sterling.",
        (Invoice(860.00, due=-9), Invoice(1340.00, due=12), Steps(1)),
        {"tz": "Europe/London", "street": "3 Harbour Row", "city": "Leith", "zip": "EH6 0AA"},
        currency="GBP",
        country="GB",
    ),
    Story(
        "Old Mill Antiques",
        "An opening balance came over from the old system. Odoo excludes it from follow-up; the case says so.",
        (OpeningBalance(750.00, day=-75), Invoice(310.00, due=-5), Steps(1)),
    ),
    Story(
        "Prairie Wind Farms",
        "An opening balance in the customer's favour lowers the chased amount.",
        (OpeningBalance(-200.00, day=-75), Invoice(560.00, due=-11), Steps(1)),
    ),
    Story(
        "Granite State Quarry",
        "A large old account: all steps have been taken, a manager decides.",
        (
            Invoice(12600.00, due=-120),
            Steps(
                7,
                (
                    "The bookkeeper has left; a new one starts next month.",
                    "Cash is tight until the road contract is paid.",
                    "Offered three instalments. They think about it.",
                    "Asked for more time: to be reviewed in the spring.",
                ),
            ),
            Invoice(5800.00, due=-64),
        ),
        {"phone": "+1 603 555 0142"},
    ),
    Story(
        "Silverline Logistics",
        "Buys from both of our companies: a case in each.",
        (Invoice(2200.00, due=-26), Steps(3, ("Payment run is on the last Friday of the month.",))),
    ),
    Story(
        "Silverline Logistics",
        "Buys from both of our companies: a case in each.",
        (Invoice(1900.00, due=-9), Steps(1)),
        currency="EUR",
        company="europe",
    ),
    Story(
        "Juniper Health Clinic",
        "Has a contact for accounts payable, who confirmed where invoices arrive and promised 600.00 of 1,275.00.",
        (
            Invoice(1275.00, due=-10),
            Steps(1),
            DeliveryConfirmed(-2),
            Promise(600.00, made=-2, due=6, said="Half of it next week; asks the board about the rest."),
        ),
        contacts=(
            {"name": "Priya Raman", "type": "accounts_payable", "email": "payables@juniper-health-clinic.example"},
        ),
    ),
    Story(
        "Redwood Property Group",
        "Its branches are billed; the group is one customer with one case. Half of what it promised arrived: light.",
        (
            Invoice(730.00, due=-17, contact="North Office"),
            Invoice(915.00, due=-17, contact="Lake Office"),
            Steps(2),
            Promise(1645.00, made=-6, due=-2, said="Both offices pay this week."),
            Payment(730.00, day=-3),
        ),
        contacts=({"name": "North Office", "type": "other"}, {"name": "Lake Office", "type": "other"}),
    ),
    Story(
        "Marlow Piano Tuning",
        "No e-mail address: letters are printed and mailed.",
        (Invoice(185.00, due=-3),),
        {"email": False},
    ),
    Story(
        "Fern Hollow Nursery",
        "Opted out of e-mail: letters are printed and mailed.",
        (Invoice(395.00, due=-17), Steps(2, ("Would rather have letters on paper.",))),
        opted_out=True,
    ),
    Story(
        "Willow Court Residence",
        "Asked not to be contacted: a person decides.",
        (Invoice(2050.00, due=-31),),
        {"collection_do_not_contact": True},
    ),
    Story(
        "Kowhai Design Studio",
        "Lives in another time zone: letters go out by day, over there.",
        (Invoice(1480.00, due=-1),),
        {"tz": "Pacific/Auckland", "street": "27 Ferry Road", "city": "Wellington", "zip": "6011"},
        country="NZ",
    ),
    Story(
        "Larkspur Theatre",
        "On hold until the insurance pays for the roof.",
        (
            Invoice(3300.00, due=-28),
            Steps(3, ("A storm took the roof; the insurance pays. Sounded worried.",)),
            Hold(12, "Storm damage; the insurance pays by then."),
        ),
    ),
    Story(
        "Sunbeam Daycare",
        "Nothing is due yet: no case.",
        (Invoice(560.00, due=9),),
    ),
    Story(
        "Pocket Books & Maps",
        "Owes less than the amount from which a case is opened.",
        (Invoice(14.50, due=-20),),
    ),
    Story(
        "Evergreen Print Works",
        "Always pays, and always late: one promise kept, one kept late.",
        (
            Invoice(610.00, due=-130),
            Steps(1),
            Payment(610.00, day=-114),
            Invoice(640.00, due=-98),
            Steps(2, ("Pays when the press is quiet.",)),
            Promise(640.00, made=-84, due=-78, said="The press is quiet next week."),
            Payment(640.00, day=-80),
            Invoice(590.00, due=-50),
            Steps(1),
            Promise(590.00, made=-45, due=-40, said="This week, as always."),
            Payment(590.00, day=-37),
            Invoice(655.00, due=-12),
            Steps(1),
        ),
    ),
    Story(
        "Falcon Ridge Security",
        "Has a salesperson, who handles the case as well. Promised everything for yesterday; nothing arrived: broken.",
        (
            Invoice(1990.00, due=-19),
            Steps(2, ("Invoice went to the wrong office; sent again.",)),
            Promise(1990.00, made=-8, due=-1, said="Has the invoice now; pays at the end of the week.", mood="neutral"),
        ),
        salesperson="sam",
    ),
    Story(
        "Daily Round Coffee Bars",
        "Many small invoices, one each week, the last twelve not paid.",
        (Invoice(38.40, due=-80, copies=13), Payment(499.20, day=-72), Invoice(41.20, due=-1, copies=12), Steps(1)),
    ),
    Story(
        "Bergmann Werkzeugbau GmbH",
        "Speaks German; the final notice was sent by e-mail, and the printed version waits to be mailed.",
        (
            Invoice(4150.00, due=-34),
            Steps(5, ("Herr Bergmann prüft die Rechnung.", "Rechnung ist freigegeben, Zahlung folgt."), mailed=False),
        ),
        {"lang": "de_DE", "tz": "Europe/Berlin", "street": "Lindenweg 8", "city": "Ulm", "zip": "89073"},
        currency="EUR",
        country="DE",
    ),
    Story(
        "Nomad Pop-Up Events",
        "Neither e-mail nor postal address: the letter cannot be delivered, and someone is notified.",
        (Invoice(220.00, due=-4),),
        {"email": False, "street": False, "city": False, "zip": False},
    ),
    Story(
        "Hearthside Shelter Fund",
        "Follows the gentle policy.",
        (Invoice(980.00, due=-17), Steps(2, ("A grant is on its way. Grateful for the patience.",))),
        gentle=True,
    ),
    Story(
        "Kestrel Cycle Repair",
        "Settled an earlier case; this one is the second.",
        (
            Invoice(350.00, due=-95),
            Steps(3, ("Forgot about it. Apologised.",)),
            Payment(350.00, day=-76),
            Invoice(415.00, due=-6),
            Steps(1),
        ),
    ),
    Story(
        "Ironwood Builders Supply",
        "The final notice was sent by e-mail, the printed version waits to be mailed; nobody answers: silent.",
        (
            Invoice(6720.00, due=-33),
            Steps(5, mailed=False),
            Note(-2, "left_message", "Left a message on the owner's voicemail."),
        ),
    ),
    Story(
        "Stonebridge Motors",
        "After the last call a plan was agreed on: four monthly instalments.",
        (
            Invoice(5240.00, due=-40),
            Steps(6, ("Wants to see the signed order.", "Has the order now.", "Asks for a plan in four parts.")),
            Plan(5240.00, agreed=-1, first=6, count=4, said="Can pay a quarter each month, beginning next week."),
        ),
        {"phone": "+1 802 555 0117"},
    ),
    Story(
        "Maple Street Dental",
        "Settled after two friendly calls.",
        (Invoice(1120.00, due=-36), Steps(4, ("On leave until Monday.", "Pays this week.")), Payment(1120.00, day=-9)),
    ),
    Story(
        "Beacon Marine Services",
        "Settled after one reminder.",
        (Invoice(845.00, due=-14), Steps(1), Payment(845.00, day=-8)),
    ),
    *STORIES_OF_OUR_SIDE,
    *STORIES_OF_THE_ROAD,
)
