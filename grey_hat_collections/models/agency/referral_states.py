"""The states of a referral, in a file that every model may read."""

STATES = [
    ("draft", "Draft"),
    ("approved", "Approved"),
    ("sent", "Sent"),
    ("acknowledged", "Acknowledged"),
    ("collecting", "Collecting"),
    ("partly_recovered", "Partly Recovered"),
    ("recovered", "Recovered"),
    ("returned", "Returned"),
    ("recalled", "Recalled"),
    ("written_off", "Written Off"),
]
#: The agency speaks for us.
WITH_AGENCY = ("sent", "acknowledged", "collecting", "partly_recovered")
#: It is over; what becomes of it in the books is still found.
ENDED = ("recovered", "returned", "recalled", "written_off")
#: Where the referred amount is: these four add up to it.
PARTS = ("amount_recovered", "amount_returned", "amount_written_off", "amount_open")
