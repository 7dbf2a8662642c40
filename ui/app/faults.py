"""What an unforeseen error of the app shows and logs: its code and where the details are, nothing of its text (T43).

`ui/app/main.py` holds the pages. Callbacks of buttons and fields run before it, inside Streamlit, which would write
the error with its message into the log.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from streamlit import config

from ui.incident import TRACEBACK, write_incident

# Those of Streamlit and of its server that log an error of an app or of a page's transport.
LOGGERS = (
    "streamlit.error_util",
    "streamlit.elements.exception",
    "streamlit.runtime.app_session",
    "streamlit.runtime.fragment",
    "streamlit.runtime.scriptrunner.script_runner",
    "uvicorn.error",
)
# Rich prints an error with its message past every logger; Streamlit asks it to wherever it is installed, as it is here.
OPTIONS: Mapping[str, str | bool] = {"client.showErrorDetails": "none", "logger.enableRich": False}


def written_down(error: BaseException) -> str:
    """Write an unforeseen error down, and return the sentence for its reader."""
    return str(write_incident(error, Path(os.environ.get("CASEGRAPH_WORKSPACE") or "workspace")))


def keep_errors_to_ourselves() -> None:
    """Let Streamlit show and log no text of an error, however the app was started; asked again, it changes nothing."""
    if os.environ.get(TRACEBACK) == "1":
        return
    for option, value in OPTIONS.items():
        config.set_option(option, value)
    for name in LOGGERS:
        logging.getLogger(name).addFilter(without_error)


def without_error(record: logging.LogRecord) -> bool:
    """Put the sentence about an error into a log record, in place of the error with its message and traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.msg, record.args = written_down(error), ()
        record.exc_info = record.exc_text = None
    return True
