"""How long things take, beside what people use today: ``make bench``. See docs/performance.md."""
