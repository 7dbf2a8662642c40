"""What mends an error, in words of the command line: commands that exist, and the end of the sentence."""

import re
import shlex
from collections.abc import Mapping

import pytest
import typer

from casegraph.errors import Advice, InputError, Remedy, RemedyAction
from casegraph.notice import Notice, NoticeCode
from ui.app import remedies as app_remedies
from ui.cli.output import jsonable
from ui.cli.program import app
from ui.cli.remedies import advised, error_in_words, in_words

OPTION = re.compile(r"(?<!\S)--[a-z-]+")
PROSE = (RemedyAction.USE_ITS_VERSION, RemedyAction.MEND_SOURCE, RemedyAction.REMOVE_FILE)
REBUILD = Remedy(RemedyAction.REBUILD_INDEX)


def described() -> Mapping[str, set[str]]:
    """Return each command of the program with its options."""
    found: dict[str, set[str]] = {}

    def walk(command, name):
        found[name] = {
            option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
        }
        for part, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{name} {part}".strip())

    walk(typer.main.get_command(app), "")
    return found


KNOWN = described()


def commands_in(words: str) -> list[list[str]]:
    """Return the commands of a remedy, each as its words after `casegraph`."""
    return [shlex.split(part) for part in re.split(r"(?:^|.*?\s)casegraph ", words)[1:]]


@pytest.mark.parametrize("action", RemedyAction)
@pytest.mark.parametrize("subject", [None, "a case"])
def test_every_action_has_words_whose_commands_exist_with_their_options(action, subject):
    words = in_words(Remedy(action, subject))
    commands = commands_in(words.replace(",", " ").replace("&&", " "))
    assert commands or OPTION.match(words) or action in PROSE
    for command in commands:
        name = " ".join(command[:2]) if " ".join(command[:2]) in KNOWN else command[0]
        assert name in KNOWN, words
        assert {word for word in command if word.startswith("--")} <= KNOWN[name], words
    if not commands:
        assert set(OPTION.findall(words)) <= set().union(*KNOWN.values()), words


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        (REBUILD, "casegraph index --rebuild"),
        (Remedy(RemedyAction.FIND_NODE), "casegraph graph find TEXT"),
        (Remedy(RemedyAction.FIND_NODE, "ring mass; rm"), "casegraph graph find 'ring mass; rm'"),
        (
            Remedy(RemedyAction.CORRECT_VALUE, "a:1", "plane", "a:1_b"),
            "casegraph curate correct a:1 plane VALUE --image a:1_b",
        ),
        (Remedy(RemedyAction.CORRECT_VALUE, "a:1", "age_years"), "casegraph curate correct a:1 age_years VALUE"),
        (
            Remedy(RemedyAction.USE_SETTINGS, settings=(("image_encoder", "compact"), ("text_encoder", "a b"))),
            "casegraph index --image-encoder compact --text-encoder 'a b'",
        ),
        (
            Remedy(RemedyAction.USE_SETTINGS, settings=(("graph", "embedded"),)),
            "CASEGRAPH_GRAPH=embedded casegraph index",
        ),
        (
            Remedy(RemedyAction.USE_SETTINGS, settings=(("documents", None),)),
            "CASEGRAPH_DOCUMENTS=ADDRESS casegraph index",
        ),
        (Remedy(RemedyAction.NAME_IMAGE, "a:1_b or a:1_c"), "--image a:1_b or a:1_c"),
    ],
)
def test_the_words_say_with_what(remedy, words):
    assert in_words(remedy) == words


def test_a_sentence_ends_with_the_command():
    assert advised(Advice("It lags. Rebuild it.", REBUILD)) == "It lags. Rebuild it: casegraph index --rebuild."
    assert advised(Advice("none yet", REBUILD)) == "none yet: casegraph index --rebuild"
    assert advised(Advice("It lags.")) == "It lags."


def test_an_error_says_its_remedy_and_its_way_back():
    error = InputError("it lags. Rebuild it.", remedy=REBUILD)
    error.way_back = Advice("Set another.", Remedy(RemedyAction.INDEX))
    assert error_in_words(error) == "it lags. Rebuild it: casegraph index --rebuild. Set another: casegraph index."


def test_a_json_document_holds_notices_and_remedies_in_words():
    notice = Notice(NoticeCode.VECTORS_LAG, "They lag. Update them.", Remedy(RemedyAction.INDEX))
    assert jsonable({"notices": (notice,), "mend": REBUILD}) == {
        "notices": ["They lag. Update them: casegraph index."],
        "mend": "casegraph index --rebuild",
    }


@pytest.mark.parametrize("action", RemedyAction)
def test_the_app_names_a_page_or_who_can_do_it_and_no_command(action):
    said = app_remedies.advised(Advice("It lags. Rebuild it.", Remedy(action)))
    assert said.startswith("It lags. Rebuild it.")
    assert "casegraph" not in said
    assert "--" not in said


def test_the_app_says_what_a_page_offers():
    found = Notice(
        NoticeCode.GRAPH_SKIPPED, "There is no such case. See what there is.", Remedy(RemedyAction.LIST_CASES)
    )
    assert app_remedies.advised(found) == "There is no such case. See what there is. The page Query lists them."
    named = Advice("Give a name.", Remedy(RemedyAction.SIGN_BY_NAME))
    assert app_remedies.advised(named) == "Give a name."
