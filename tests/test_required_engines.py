"""A missing server or browser skips its tests for a user, and fails them where `CASEGRAPH_ENGINES_REQUIRED` is 1."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from required_engines import VARIABLE

ROOT = Path(__file__).parents[1]
# Asks for each engine as the tests of this project do, where none of them can be had.
TESTS = """
import mongodb_server
import neo4j_server
from required_engines import EngineMissing, chromium_program, needing_an_engine


def gone():
    raise EngineMissing("none here")


mongodb_server.fetch = gone
neo4j_server.fetch_neo4j = gone


def test_mongodb(mongodb_address):
    pass


def test_mongodb_with_a_password(mongodb_uri_with_password):
    pass


def test_neo4j(neo4j_server):
    pass


def test_chromium():
    with needing_an_engine():
        chromium_program()
"""


def outcomes(folder: Path, required: str | None) -> tuple[int, str]:
    (folder / "test_engines.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    engine: needs a real server\n")
    environment = {name: value for name, value in os.environ.items() if name not in (VARIABLE, "CASEGRAPH_CHROMIUM")}
    environment |= {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "support")]), "PATH": str(folder)}
    environment |= {} if required is None else {VARIABLE: required}
    plugins = ["-p", "mongodb_server", "-p", "neo4j_server", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "--tb=short", *plugins, "--basetemp", str(folder / "own")]
    ran = subprocess.run(
        [*command, "test_engines.py"], check=False, cwd=folder, env=environment, capture_output=True, text=True
    )
    return ran.returncode, ran.stdout


@pytest.mark.parametrize("required", [None, "0"])
def test_a_user_without_the_engines_sees_their_tests_skipped(tmp_path, required):
    code, said = outcomes(tmp_path, required)
    assert (code, "4 skipped" in said) == (0, True), said
    assert "there is no Chromium: install it" in said


def test_where_engines_are_required_a_missing_one_fails_its_tests(tmp_path):
    code, said = outcomes(tmp_path, "1")
    assert code == 1, said
    assert "1 failed, 3 errors" in said, said
    assert said.count(f"none here. {VARIABLE}=1 asks for it") >= 3
    assert f"CASEGRAPH_CHROMIUM. {VARIABLE}=1 asks for it" in said


def test_a_switch_that_is_neither_0_nor_1_fails_instead_of_skipping(tmp_path):
    code, said = outcomes(tmp_path, "yes")
    assert (code, "skipped" in said) == (1, False), said
    assert f"{VARIABLE} is 'yes'. Expected 1" in said


def test_the_run_of_every_check_requires_the_engines():
    assert f"export {VARIABLE}=1" in (ROOT / ".ci" / "run").read_text().splitlines()
