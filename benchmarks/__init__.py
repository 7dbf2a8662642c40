"""Long figures: each module measures one claim and appends a row to ``benchmarks/results``."""
