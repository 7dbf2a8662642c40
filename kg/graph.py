"""A connection to a graph server over Bolt: constant statements, data as parameters, errors as sentences.

Neo4j by address and the embedded server (`kg.server`) look the same from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString, Self, TypeVar

from ingest.errors import EngineError, EngineRefused, EngineUnreachable

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction

Row = dict[str, Any]
T = TypeVar("T")

# A question or a batch that takes longer than this is a fault, not a wait (rule for every outside server).
TIMEOUT_S = 10.0


class Graph:
    """An open graph. Use it as a context manager, or call `close`."""

    def __init__(self, driver: Driver, address: str, database: str | None) -> None:
        self._driver = driver
        self._database = database
        self._closers: list[Callable[[], None]] = []
        self.address = address

    def __repr__(self) -> str:
        return f"Graph({self.address!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection, and of the embedded server where there is one."""
        self._driver.close()
        while self._closers:
            self._closers.pop()()

    def on_close(self, closer: Callable[[], None]) -> None:
        """Call `closer` once when the graph is closed."""
        self._closers.append(closer)

    def read(self, statement: LiteralString, **parameters: Any) -> list[Row]:
        """Return the rows of a question."""
        with _sentences(self.address), self._driver.session(database=self._database) as session:
            return session.execute_read(lambda transaction: Transaction(transaction).read(statement, **parameters))

    def write(self, statement: LiteralString, **parameters: Any) -> None:
        """Run one statement in a transaction of its own."""
        self.in_transaction(lambda transaction: transaction.write(statement, **parameters))

    def in_transaction(self, work: Callable[[Transaction], T]) -> T:
        """Return what `work` returns; all that it wrote takes effect, or nothing. The driver may run it twice."""
        with _sentences(self.address), self._driver.session(database=self._database) as session:
            return session.execute_write(lambda transaction: work(Transaction(transaction)))


class Transaction:
    """Reading and writing that belong together."""

    def __init__(self, transaction: ManagedTransaction) -> None:
        self._transaction = transaction

    def read(self, statement: LiteralString, **parameters: Any) -> list[Row]:
        """Return the rows of a question; what this transaction wrote is seen."""
        return self._transaction.run(statement, parameters).data()

    def write(self, statement: LiteralString, **parameters: Any) -> None:
        """Run one statement."""
        self._transaction.run(statement, parameters).consume()


def connect(address: str, *, user: str, password: str, database: str | None = None) -> Graph:
    """Return the graph at a Bolt address, after it has answered.

    Raises
    ------
    EngineUnreachable
        If nothing answers there.
    EngineRefused
        If the server declines the user or the password.
    """
    from neo4j import GraphDatabase, NotificationMinimumSeverity

    with _sentences(address):
        driver = GraphDatabase.driver(
            address,
            auth=(user, password),
            connection_timeout=TIMEOUT_S / 2,
            connection_acquisition_timeout=TIMEOUT_S,
            max_transaction_retry_time=TIMEOUT_S,
            notifications_min_severity=NotificationMinimumSeverity.OFF,
            user_agent="casegraph",
        )
        try:
            driver.verify_connectivity()
        except BaseException:
            driver.close()
            raise
    return Graph(driver, address, database)


@contextmanager
def _sentences(address: str) -> Iterator[None]:
    """Turn the driver's errors into ours. Neither statement nor parameters nor password appear in them."""
    from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError, ServiceUnavailable

    try:
        yield
    except AuthError as error:
        raise EngineRefused(
            f"the graph server at {address} refuses the user name or the password. Correct them in the settings."
        ) from error
    except ConfigurationError as error:
        raise EngineError(
            f"graph address '{address}' is not one. Expected, for example, bolt://localhost:7687."
        ) from error
    except (ServiceUnavailable, DriverError, OSError) as error:
        raise EngineUnreachable(
            f"the graph server at {address} does not answer ({type(error).__name__}). "
            "Start it: docker compose up neo4j; or use the embedded graph."
        ) from error
    except Neo4jError as error:
        raise EngineRefused(f"the graph server at {address} declines: {error.code}.") from error
