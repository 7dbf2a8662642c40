"""The last boundary of the program: whatever happens inside, its user reads one line and the shell gets a code.

An error that CaseGraph raises on purpose is shown as it is. Any other is a fault of the program: it gets a code and a
file for those who mend it (`ui.incident`), never a traceback, which can quote a case, a path or a password.
``CASEGRAPH_TRACEBACK=1`` shows the traceback all the same, to people who work on CaseGraph with cases of nobody.
"""

from __future__ import annotations

import errno
import os
import select
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from types import TracebackType

from casegraph.errors import BusyError, CaseGraphError, EngineError, InputError, MissingExtra, WorkspaceError
from ui.cli.remedies import error_in_words
from ui.incident import TRACEBACK, write_incident

EXIT_CODES: tuple[tuple[type[CaseGraphError], int], ...] = (
    (InputError, 2),
    (WorkspaceError, 2),
    (MissingExtra, 2),
    (BusyError, 4),
    (EngineError, 4),
    (CaseGraphError, 1),
)
STOPPED = 130  # 128 + SIGINT, as shells count
READER_GONE = 141  # 128 + SIGPIPE
WORKSPACE = "CASEGRAPH_WORKSPACE"

# The libraries of Hugging Face write to standard error by handlers of their own, a terminal or not; each reads these.
QUIET: Mapping[str, str] = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_VERBOSITY": "error",
    "TRANSFORMERS_VERBOSITY": "error",
}

# Faults of the machine and not of the program, wherever they happen.
MACHINE_FAULTS: Mapping[int, str] = {
    errno.ENOSPC: "no space is left on the disk. Free some, then run the command again.",
    errno.EDQUOT: "your disk quota is used up. Free some space, then run the command again.",
    errno.EROFS: "a folder to write to is read-only. Name another with --workspace, or make it writable.",
    errno.EMFILE: "this process may open no more files. Raise the limit, for example: ulimit -n 4096.",
    errno.ENFILE: "this machine can open no more files. Close other programs, then run the command again.",
    errno.ENOMEM: "this machine has run out of memory. Close other programs, or give it more.",
}


def exit_code(error: CaseGraphError) -> int:
    """Return the exit code of an error."""
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def run_bounded(program: Callable[[], object], words: Callable[[], Set[str]] = frozenset) -> int:
    """Run the program to its end and return its exit code, whatever it raises.

    Parameters
    ----------
    program : callable
        Reads the command line, runs the command, and may end by `SystemExit`.
    words : callable
        Returns the names of commands and options; asked only after an unforeseen error.
    """
    try:
        try:
            program()
            code = 0
        except SystemExit as ended:
            code = _code_of_end(ended)
        _flush()
    except BaseException as error:  # noqa: BLE001  the boundary: every kind ends here, in a line and a code
        return _end_of(error, words)
    else:
        return code


def report(error: BaseException, words: Callable[[], Set[str]] = frozenset) -> None:
    """Write an unforeseen error down, and say so in one line on standard error, even where that fails too."""
    try:
        sentence = _written_down(error, words)
    except BaseException:  # noqa: BLE001  an interruption as well: nothing stands behind this line
        sentence = f"unforeseen error ({type(error).__name__}): it could not be written down. Please report it."
    _say(sentence)


def _written_down(error: BaseException, words: Callable[[], Set[str]]) -> str:
    if os.environ.get(TRACEBACK) == "1":
        traceback.print_exception(error)
    argv = sys.argv[1:]
    try:
        known = words()
    except Exception:  # noqa: BLE001  the program could not be loaded: then every word is masked
        known = frozenset()
    return str(write_incident(error, workspace_named(argv, os.environ), argv=argv, words=known))


def workspace_named(argv: Sequence[str], environment: Mapping[str, str]) -> Path:
    """Return the workspace that a command line or the environment names, without understanding the rest of it."""
    for word, following in zip(argv, [*argv, ""][1:], strict=True):
        if word in ("-w", "--workspace"):
            return Path(following)
        if word.startswith("--workspace="):
            return Path(word.partition("=")[2])
        if word.startswith("-w") and len(word) > 2:
            return Path(word[2:])
    return Path(environment.get(WORKSPACE) or "workspace")


def _code_of_end(ended: SystemExit) -> int:
    """Return the code that the program ended with; raise what Typer made of an error that it does not explain."""
    hidden = ended.__context__
    while hidden is not None:
        if isinstance(hidden, KeyboardInterrupt) or getattr(hidden, "errno", None) == errno.EPIPE:
            raise hidden
        hidden = hidden.__cause__
    if ended.code is None or isinstance(ended.code, int):
        return ended.code or 0
    return 1


def _end_of(error: BaseException, words: Callable[[], Set[str]]) -> int:
    """Say what ended the program, and return its exit code."""
    if isinstance(error, CaseGraphError):
        _say(error_in_words(error))
        return exit_code(error)
    if isinstance(error, KeyboardInterrupt):
        _say("stopped.")
        return STOPPED
    if isinstance(error, BrokenPipeError) and _reader_is_gone():
        _let_go_of_output()
        return READER_GONE
    sentence = _machine_fault(error)
    if sentence is None:
        report(error, words)
    else:
        _say(sentence)
    _let_go_of_output()
    return 1


def _machine_fault(error: BaseException) -> str | None:
    if isinstance(error, MemoryError):
        return MACHINE_FAULTS[errno.ENOMEM]
    return MACHINE_FAULTS.get(error.errno or 0) if isinstance(error, OSError) else None


def _reader_is_gone() -> bool:
    """Tell whether whoever read our output has left, as `head` does; another pipe may have broken instead."""
    if not hasattr(select, "poll"):
        return True  # Windows cannot tell
    poll = select.poll()
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.closed:
            poll.register(stream.fileno(), 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def _flush() -> None:
    if sys.stdout is not None and not sys.stdout.closed:
        sys.stdout.flush()


def _let_go_of_output() -> None:
    """Send what is still in the buffer to nowhere, so that Python's own end does not fail on it again."""
    try:
        _flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(text: str) -> None:
    """Write one line to standard error, whatever its encoding; where it is gone, nobody is left to tell."""
    line = "".join(c if c.isprintable() else " " if c.isspace() else "�" for c in f"casegraph: {text}")
    stream = sys.stderr
    if stream is None or stream.closed:
        return
    try:
        encoding = stream.encoding or "ascii"
        stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()
    except (OSError, ValueError, LookupError):  # a full disk, a stream that closes, an encoding of no known name
        return


def hold_threads_and_closing() -> None:
    """Let an error in a thread, or while Python clears away, end in one line as well."""
    import threading

    def of_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
            report(told.exc_value)

    def of_closing(told: sys.UnraisableHookArgs) -> None:
        if told.exc_value is not None:
            report(told.exc_value)

    def of_the_rest(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        report(error)

    threading.excepthook, sys.unraisablehook, sys.excepthook = of_thread, of_closing, of_the_rest


def quieten_libraries() -> None:
    """Keep warnings, log lines and progress of libraries off the terminal.

    They are written for programmers, and some quote the file that they read: pydicom quotes values of a header.
    `python -W` and PYTHONWARNINGS bring the warnings back.
    """
    import logging

    for name, value in QUIET.items():
        os.environ.setdefault(name, value)

    if not sys.warnoptions:
        logging.captureWarnings(True)
    logging.getLogger().addHandler(logging.NullHandler())
