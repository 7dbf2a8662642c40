"""What mends an error or a notice, as a value: each face words it in its own way, a command or a button."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import CoreSchema


class RemedyAction(StrEnum):
    """What can be done. What `Remedy.subject` names stands beside each."""

    INDEX = "index"  # bring graph and vectors up to date
    REBUILD_INDEX = "rebuild-index"  # make graph, vectors and what is fitted on the cases anew
    USE_SETTINGS = "use-settings"  # index with the settings of the remedy
    INGEST = "ingest"  # read a source again
    DELETE_AND_INGEST = "delete-and-ingest"  # a case
    REMOVE_FILE = "remove-file"  # a path
    CLEAR_LEFTOVERS = "clear-leftovers"
    USE_ITS_VERSION = "use-its-version"  # the CaseGraph that wrote it
    MAKE_WORKSPACE = "make-workspace"
    OTHER_WORKSPACE = "other-workspace"
    LIST_CASES = "list-cases"
    FIND_NODE = "find-node"  # words
    FIND_DUPLICATES = "find-duplicates"
    SHOW_QUEUE = "show-queue"  # a kind of the review queue; or beside it the field
    SHOW_DECISIONS = "show-decisions"
    ACCEPT_ITEM = "accept-item"  # an item of the review queue
    CORRECT_VALUE = "correct-value"  # a case; beside it the field, and the image that it belongs to
    MARK_TEXT = "mark-text"  # an image
    REJECT = "reject"  # a case or an image
    MEND_SOURCE = "mend-source"
    WITHDRAW_DECISION = "withdraw-decision"  # a decision
    GIVE_REASON = "give-reason"
    NAME_IMAGE = "name-image"  # the images to choose from
    NAME_IMAGES_FOLDER = "name-images-folder"
    NAME_SPLIT = "name-split"
    NAME_FORMAT = "name-format"
    NAME_ARCHITECTURE = "name-architecture"
    NAME_TEXT_FOLDER = "name-text-folder"
    NAME_TRUNK = "name-trunk"
    ADD_MODEL = "add-model"  # the name that it has or gets
    LIST_MODELS = "list-models"
    TRAIN_LANGUAGE = "train-language"
    LIST_DRAFTS = "list-drafts"
    SHOW_DRAFT = "show-draft"
    REVIEW_DRAFT = "review-draft"  # a draft
    EDIT_DRAFT = "edit-draft"  # a draft
    SIGN_BY_NAME = "sign-by-name"
    ASK_IN_WORDS = "ask-in-words"


class Worded:
    """A value that a JSON document holds as text, in the words of the face that writes it."""

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> CoreSchema:
        from pydantic_core.core_schema import str_schema

        return str_schema()


@dataclass(frozen=True)
class Remedy(Worded):
    """What to do, and with what.

    Attributes
    ----------
    subject : str or None
        What it is done with, as its action says; None leaves it to the reader.
    field, image_id : str or None
        The field of a case, and the image where the field belongs to one.
    settings : tuple of (name, value)
        Settings of a workspace, for example ``("image_encoder", "compact")``; a value of None is for the reader to say.
    """

    action: RemedyAction
    subject: str | None = None
    field: str | None = None
    image_id: str | None = None
    settings: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Advice(Worded):
    """A sentence, and the remedy that its end speaks of."""

    text: str
    remedy: Remedy | None = None
