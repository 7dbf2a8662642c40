"""A connection to a graph server over Bolt: constant statements, data as parameters, errors as sentences.

Neo4j by address and the embedded server (`kg.engine.server`) look the same from here.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, LiteralString, Self, TypeVar, cast

from ingest.errors import EngineUnreachable
from kg.engine.address import GraphAddress, parse_address
from kg.engine.faults import refusal, unreachable
from kg.engine.watch import Watch

if TYPE_CHECKING:
    from kg.engine.driver import Driver, ManagedTransaction, Session

Row = dict[str, Any]
T = TypeVar("T")

# No question, no statement of a change and no connection may take longer: then it is a fault, not a wait.
TIMEOUT_S = 10.0
# Of it, so much for the server to say itself that it takes too long (ArcadeDB does not), and so much until we hang up.
_SERVER_SHARE, _OUR_SHARE = 0.8, 0.9
# A batch of the projection takes a few seconds on a busy machine whose server has just started.
WRITE_TIMEOUT_S = 60.0
_NEO4J_ADVICE = "Start it: docker compose up neo4j; or use the embedded graph."


@dataclass(frozen=True)
class Login:
    """How to log in."""

    user: str
    password: str = field(repr=False)


class Graph:
    """An open graph. Use it as a context manager, or call `close`.

    Questions go through `reader`, a connection that cannot write: as a user who may only read, or in READ access
    mode where the server keeps to that.

    Attributes
    ----------
    address : str
        Where the server is, with the database.
    embedded : bool
        True where the graph is in a folder of ours, so that nobody else's data are in it.
    lost : bool
        True once the server has not answered: close this graph and open another.
    """

    def __init__(self, driver: Driver, address: str, database: str | None, advice: str, reader: Driver) -> None:
        self._driver = driver
        self._reader = reader
        self._database = database
        self._advice = advice
        self._closers: list[Callable[[], None]] = []
        self.address = address
        self._place = GraphAddress(address, database, address)
        self.embedded = False
        self.lost = False

    def __repr__(self) -> str:
        return f"Graph({self.address!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection, and of the embedded server where there is one."""
        self._reader.close()
        self._driver.close()
        while self._closers:
            self._closers.pop()()

    def on_close(self, closer: Callable[[], None]) -> None:
        """Call `closer` once when the graph is closed."""
        self._closers.append(closer)

    def read(self, statement: LiteralString, **parameters: Any) -> list[Row]:
        """Return the rows of a question.

        Raises
        ------
        EngineRefused
            If the statement would write.
        """
        from kg.engine.driver import unit_of_work

        @unit_of_work(timeout=TIMEOUT_S * _SERVER_SHARE)
        def ask(transaction: ManagedTransaction) -> list[Row]:
            return transaction.run(statement, parameters).data()

        return self._watched(self._reader, lambda session, _: session.execute_read(ask))

    def write(self, statement: LiteralString, **parameters: Any) -> None:
        """Run one statement in a transaction of its own."""
        self.in_transaction(lambda transaction: transaction.write(statement, **parameters))

    def in_transaction(self, work: Callable[[Transaction], T]) -> T:
        """Return what `work` returns; all that it wrote takes effect, or nothing. The driver may run it twice."""
        from kg.engine.driver import unit_of_work

        def change(session: Session, watch: Watch) -> T:
            @unit_of_work(timeout=WRITE_TIMEOUT_S)
            def run(transaction: ManagedTransaction) -> T:
                return work(Transaction(transaction, watch))

            return session.execute_write(run)

        return self._watched(self._driver, change)

    def _watched(self, driver: Driver, ask: Callable[[Session, Watch], T]) -> T:
        watch = Watch(TIMEOUT_S * _OUR_SHARE)

        def in_session() -> T:
            with driver.session(database=self._database) as session:  # pyright: ignore[reportUnknownMemberType]
                return ask(session, watch)

        try:
            with _sentences(self._place, self._advice):
                return watch.run(in_session)
        except EngineUnreachable:
            self.lost = True
            raise


class Transaction:
    """Reading and writing that belong together."""

    def __init__(self, transaction: ManagedTransaction, watch: Watch) -> None:
        self._transaction = transaction
        self._watch = watch

    def read(self, statement: LiteralString, **parameters: Any) -> list[Row]:
        """Return the rows of a question; what this transaction wrote is seen."""
        rows = self._transaction.run(statement, parameters).data()
        self._watch.answered()
        return rows

    def write(self, statement: LiteralString, **parameters: Any) -> None:
        """Run one statement."""
        self._transaction.run(statement, parameters).consume()
        self._watch.answered()


def connect(
    address: str,
    *,
    user: str,
    password: str,
    database: str | None = None,
    advice: str = _NEO4J_ADVICE,
    reader: Login | None = None,
) -> Graph:
    """Return the graph at a Bolt address, after it has answered.

    Parameters
    ----------
    address : str
        For example ``bolt://localhost:7687`` or ``bolt://localhost:7687/database``; user and password are not part
        of it.
    user, password : str
        How to log in.
    database : str, optional
        Which of the server's databases, where the address does not say so; its default one if None.
    advice : str
        What to do when the server does not answer, as a sentence for the error message.
    reader : Login, optional
        Another user, for questions, where the server does not keep to READ access mode by itself.

    Raises
    ------
    EngineUnreachable
        If nothing answers there.
    EngineRefused
        If the server declines the user or the password, or has no such database.
    InputError
        If the address is not a Bolt address, or names another database than `database`.
    """
    place = parse_address(address, database)
    with _sentences(place, advice), ExitStack() as opened:
        driver = opened.enter_context(_open_driver(place.uri, Login(user, password)))
        reached = cast("Callable[[], None]", driver.verify_connectivity)  # pyright: ignore[reportUnknownMemberType]
        Watch(TIMEOUT_S * _OUR_SHARE).run(reached)
        reading = opened.enter_context(_open_driver(place.uri, reader)) if reader else driver
        opened.pop_all()
    return Graph(driver, place.text, place.database, advice, reading)


def _open_driver(address: str, login: Login) -> Driver:
    from kg.engine.driver import GraphDatabase, NotificationMinimumSeverity

    return GraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]
        address,
        auth=(login.user, login.password),
        connection_timeout=TIMEOUT_S / 2,
        connection_acquisition_timeout=TIMEOUT_S / 2,
        max_transaction_retry_time=TIMEOUT_S / 4,
        notifications_min_severity=NotificationMinimumSeverity.OFF,
        user_agent="casegraph",
    )


@contextmanager
def _sentences(address: GraphAddress, advice: str) -> Generator[None]:
    """Turn the driver's errors into ours. Neither statement nor parameters nor password appear in them."""
    from kg.engine.driver import DriverError, Neo4jError

    try:
        yield
    except (DriverError, OSError) as error:
        raise unreachable(error, address, advice) from error
    except Neo4jError as error:
        raise refusal(error.code or type(error).__name__, address) from error
