"""Two years of real receivables: 1,240 invoices of 50 customers."""

from replay import needs_receivables, replay


@needs_receivables
def test_two_years_of_real_receivables(workbench, smtp_sink, capsys):
    figures = replay(workbench, smtp_sink, capsys, "replay-two-years")
    assert figures["cases"] > 100
    assert sum(figures["promises"].values()) > 50
    assert sum(figures["disputes"].values()) > 20
