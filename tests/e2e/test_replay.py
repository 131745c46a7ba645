"""Two months of a made-up ledger, and what followed from them. Two years are played by tests/soak."""

import os

from replay import SHORT, USUAL_SEED, made_up, replay

#: The same ledger each time, so that a red build means a change; ``GHC_SEED`` plays another one.
SEED = int(os.environ.get("GHC_SEED") or USUAL_SEED)


def test_two_months_of_receivables(workbench, smtp_sink, capsys):
    ledger = made_up("replay", SEED, SHORT)
    replay(workbench, smtp_sink, capsys, "replay", ledger, again=f"again with GHC_SEED={SEED}")
