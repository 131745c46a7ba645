"""Stories of the end of the road: final notices in the post, the window for an agency, two agencies, and the way back."""

from .events import (
    Agency,
    AgencyTold,
    Dispute,
    Feedback,
    InPost,
    Invoice,
    Note,
    Payment,
    Promise,
    Recalled,
    Referred,
    Remitted,
    Seen,
    Steps,
    Story,
)

RULES = (
    "Speak in our name, calmly, and between nine and six only.",
    "Offer instalments before you offer a deadline.",
    "Whatever a customer says is wrong with an invoice is reported to us within one working day.",
    "Nobody is visited, and no court is asked, without our written consent.",
)
AGENCIES = (
    Agency(
        "Fairhaven Receivables",
        accredited_for=290,
        commissions=((0, 12.5), (45, 17.5), (90, 25)),
        least=250,
        most=20000,
        countries=("US", "CA", "NZ"),
        languages=("en_US",),
        stated_recovery=62,
        rules=RULES,
        contact="Ada Moreno",
        values={"street": "41 Chandler Wharf", "city": "Boston", "zip": "02110", "phone": "+1 617 555 0190"},
    ),
    Agency(
        "Alster Inkasso Kontor",
        accredited_for=21,
        commissions=((0, 15), (60, 22)),
        least=400,
        most=15000,
        countries=("DE", "FR", "GB", "AT"),
        languages=("de_DE", "fr_FR", "en_US"),
        stated_recovery=55,
        rules=RULES[:3],
        contact="Jonas Petersen",
        values={"street": "Kaiufer 7", "city": "Hamburg", "zip": "20459", "phone": "+49 40 5550 177", "lang": "de_DE"},
        country="DE",
        currency="EUR",
    ),
)

STORIES_OF_THE_ROAD = (
    Story(
        "Heron Lake Outfitters",
        "Warned, called and still unpaid: every point of the checklist is met, a manager may refer the account.",
        (
            Invoice(1480.00, due=-205),
            Payment(1480.00, day=-201),
            Invoice(2260.00, due=-140),
            Payment(2260.00, day=-137),
            Invoice(2890.00, due=-51),
            Invoice(640.00, due=-44),
            Steps(
                6,
                (
                    "The season was poor. Wants to check the account.",
                    "Has the invoices and says that nothing is wrong with them.",
                    "Will not name a date.",
                ),
            ),
            InPost("RR 5550 1181 US", delivered=-16),
            Seen(-21),
        ),
        {"phone": "+1 603 555 0171"},
    ),
    Story(
        "Clearwater Pools",
        "The certified final notice was delivered; the customer has a few days left to pay.",
        (
            Invoice(1930.00, due=-43),
            Steps(6, ("Pays when the pool house is let.", "Asked for another copy.", "Wants to pay this week.")),
            InPost("RR 5550 1207 US", delivered=-9),
        ),
    ),
    Story(
        "Foxglove Florists",
        "The final notice was returned by the postal service: moved. The address must be checked before anything continues.",
        (
            Invoice(870.00, due=-39),
            Steps(5, ("The shop is being rebuilt.", "Nobody at the counter knows of it.")),
            InPost("RR 5550 1214 US", returned=-3, reason="moved"),
        ),
    ),
    Story(
        "Quarry Road Garage",
        "The window closes within the week, and we still owe an answer and a proof of delivery.",
        (
            Invoice(2340.00, due=-56),
            Invoice(980.00, due=-47),
            Steps(5, ("The foreman checks what was delivered.", "Disagrees about the tyres.")),
            InPost("RR 5550 1150 US", delivered=-22),
            Dispute(
                "quantity",
                raised=-8,
                answer_due=3,
                amount=380.00,
                said="Four tyres of twenty were not in the delivery.",
                commitment="Send the signed delivery note",
                commitment_due=-2,
            ),
            Seen(-26),
        ),
    ),
    Story(
        "Vantage Signs & Banners",
        "The window has closed unused: the last call was never made.",
        (
            Invoice(1260.00, due=-64),
            Steps(5, ("Asks whether the banner can be returned.", "The owner is travelling.")),
            InPost("RR 5550 1098 US", delivered=-29),
            Seen(-34),
        ),
    ),
    Story(
        "Bayside Fitness Club",
        "With an agency for two weeks. Part of it was paid to us directly; the agency was informed, and gets the rest tomorrow.",
        (
            Invoice(1800.00, due=-190),
            Payment(1800.00, day=-185),
            Invoice(3400.00, due=-62),
            Invoice(760.00, due=-54),
            Steps(6, ("New owners; the books are being handed over.", "Would rather not say when.", "Hung up.")),
            InPost("RR 5550 1083 US", delivered=-27),
            Referred(-14, "Fairhaven Receivables"),
            Payment(900.00, day=-6),
            AgencyTold(-5),
            Note(-2, "reached", "Asked whom to pay now. Gave them the number of the agency.", mood="friendly"),
            Feedback(-2, "praise", "The lady from Fairhaven took the time to find a rhythm that we can manage."),
            Payment(350.00, day=-1),
        ),
        {"phone": "+1 781 555 0128"},
    ),
    Story(
        "Northgate Tool Hire",
        "Was with an agency, which recovered all of it; its remittance is matched with the ledger.",
        (
            Invoice(2860.00, due=-112),
            Steps(6, ("Cash is tight.", "The bank decides next week.", "No word from the bank yet.")),
            InPost("RR 5550 0940 US", delivered=-77),
            Referred(-63, "Fairhaven Receivables"),
            Remitted(-22, 2860.00, "FR-2291"),
        ),
    ),
    Story(
        "Sandpiper Charters",
        "Was with an agency and complained about it: recalled, and now it pays us what it promised.",
        (
            Invoice(1540.00, due=-78),
            Steps(
                6, ("Boats are laid up until spring.", "Has lost its bookkeeper.", "Would like to talk to the owner.")
            ),
            InPost("RR 5550 1021 US", delivered=-43),
            Referred(-30, "Fairhaven Receivables"),
            Feedback(
                -6,
                "complaint",
                "They rang twice before eight in the morning, and the second time they were rude.",
                answer="Apologised, and took the account back. Fairhaven has spoken with the caller.",
                answered=-4,
            ),
            Recalled(-4, "The customer complained about early calls, with reason, and wants to settle with us."),
            Promise(1540.00, made=-3, due=5, said="Pays all of it by the end of next week, now that we talk again."),
        ),
    ),
)
