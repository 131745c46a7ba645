"""Five months of real receivables, and what followed from them. The two years are played by tests/soak."""

from replay import needs_receivables, replay


@needs_receivables
def test_five_months_of_real_receivables(workbench, smtp_sink, capsys):
    figures = replay(workbench, smtp_sink, capsys, "replay", first_day="2013-01-01", last_day="2013-05-31")
    assert figures["cases"] > 60
    assert sum(figures["promises"].values()) > 4
    assert sum(figures["disputes"].values()) > 20
