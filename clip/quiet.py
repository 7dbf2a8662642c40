"""Loading models without what the libraries tell developers: progress bars, reports of weights, lengths of texts.

What matters of it is checked here and told in sentences of our own (`clip.vocabulary`, `clip.sentence_encoder`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

NEW_WEIGHTS = "No pretrained weights loaded"  # open_clip, of a model that gets its weights from us in the next line


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Let transformers and open_clip say errors only; their settings are as before afterwards."""
    from transformers.utils import logging as said

    level, bars = said.get_verbosity(), said.is_progress_bar_enabled()
    said.set_verbosity_error()
    said.disable_progress_bar()
    logging.getLogger().addFilter(_matters)
    try:
        yield
    finally:
        logging.getLogger().removeFilter(_matters)
        said.set_verbosity(level)
        if bars:
            said.enable_progress_bar()


def _matters(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(NEW_WEIGHTS)
