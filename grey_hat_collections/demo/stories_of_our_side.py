"""Stories in which it may be us: disputes, letters that were stopped, reasons, holds and thanks."""

from .events import Answer, Dispute, Hold, Invoice, Payment, Reason, Steps, Story

STORIES_OF_OUR_SIDE = (
    Story(
        "Copper Lane Catering",
        "Says that a price is not the agreed one. Only that part is not chased; our answer is due soon.",
        (
            Invoice(1320.00, due=-20),
            Invoice(270.00, due=-13),
            Steps(1),
            Dispute(
                "price",
                raised=-3,
                answer_due=2,
                amount=420.00,
                said="The price list was not the agreed one: the March prices were to hold until the summer.",
                commitment="Send the price list that was agreed on",
                commitment_due=1,
                mood="angry",
            ),
        ),
    ),
    Story(
        "Saltmarsh Ceramics",
        "A delivery arrived broken. The warehouse has owed the answer for two days, so the manager was asked.",
        (
            Invoice(960.00, due=-18),
            Steps(1),
            Dispute(
                "damaged", raised=-12, answer_due=-2, said="Three of eight crates arrived broken; photos were sent."
            ),
        ),
    ),
    Story(
        "Wrenfield Interiors",
        "Was right in part: 300.00 is credited, the rest is due on a new date. A smaller invoice is chased.",
        (
            Invoice(1500.00, due=-30),
            Invoice(240.00, due=-6),
            Steps(2, ("Two of the ten chairs were not delivered. Looks up the delivery note.",)),
            Dispute(
                "quantity",
                raised=-15,
                answer_due=-8,
                said="Two of the ten chairs never came, and the table is scratched.",
            ),
            Answer(
                -9,
                upheld=300.00,
                finding="The delivery note shows eight chairs instead of ten, so we credit the two that were missing. "
                "The table was signed for without a remark; we cannot credit it.",
                due=8,
            ),
        ),
    ),
    Story(
        "Harbor Glass Works",
        "The invoice was never sent: no letter goes out before it is.",
        (Invoice(720.00, due=-7, sent=False),),
        salesperson="sam",
    ),
    Story(
        "Lantern Street Toys",
        "An unmatched payment would cover the second invoice: no letter goes out before it is matched.",
        (Invoice(900.00, due=-12), Invoice(380.00, due=-6), Payment(380.00, day=-2, applied=False)),
    ),
    Story(
        "Gull Point Ice Cream",
        "Earns its money in the summer: seasonal, so the gentle policy is followed and a plan is offered first.",
        (
            Invoice(1400.00, due=-22),
            Steps(2, ("Little comes in before Easter.",)),
            Reason(-3, "reason_seasonal", "The season begins in a few weeks. Would like to pay in parts."),
        ),
    ),
    Story(
        "Ashgrove Textile Mill",
        "Insolvent: nothing is sent automatically any longer, a manager decides.",
        (
            Invoice(3900.00, due=-41),
            Steps(4, ("The owner calls back.", "The owner is not there any more.")),
            Reason(-5, "reason_insolvency", "An administrator was appointed; asks us to file our claim."),
        ),
    ),
    Story(
        "Driftwood Yoga Studio",
        "Was on hold until yesterday: today is for review, nothing is sent.",
        (
            Invoice(430.00, due=-25),
            Steps(2, ("The bookkeeper is on leave.",)),
            Hold(-1, "Their bookkeeper is on leave until then."),
        ),
    ),
    Story(
        "Pebble Cove Bike Hire",
        "Settled yesterday after a call: thanked this morning.",
        (Invoice(520.00, due=-19), Steps(2, ("Pays tomorrow.",)), Payment(520.00, day=-1)),
    ),
)
