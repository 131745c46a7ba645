"""What decisions depend on, in a file that every file of this room may read."""

#: What a case holds of the facts that a decision depends on, beside the figures of the ledger.
CASE_FACTS = frozenset(
    {
        "hold_until",
        "last_reply_date",
        "pending_step_id",
        "policy_id",
        "released_on",
        "round",
        "state",
        "step_date",
        "step_id",
        "unanswered_count",
        "unanswered_since",
    }
)
#: What of it also says how well the customer has been warned (``window``), as long as no final notice has left.
WINDOW_FACTS = frozenset({"policy_id", "round", "state"})
