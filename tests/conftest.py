"""Fixtures that every test may use. Servers and sample data live in `tests/support`, one module each."""

pytest_plugins: tuple[str, ...] = ("mongodb_server", "neo4j_server", "sample_release", "killing")
