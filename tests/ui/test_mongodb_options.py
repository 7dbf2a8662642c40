"""A MongoDB that is reached by options of its address: what they do, what is remembered, and what a wrong one says."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from certificates import Certificate, make_certificate
from mongodb_server import EngineMissing, running_mongod
from pymongo import MongoClient

from ingest.store import mongo_database

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class SecureServer:
    """A MongoDB that speaks TLS alone; its one user is ``curator`` with password ``p@ss``."""

    host: str
    certificate: Certificate


@pytest.fixture(scope="module")
def secure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureServer]:
    certificate = make_certificate(tmp_path_factory.mktemp("certificate"))
    options = ("--auth", "--tlsMode", "requireTLS", "--tlsCertificateKeyFile", str(certificate.with_key))
    login = {"tls": True, "tlsCAFile": str(certificate.public)}
    try:
        with running_mongod(*options, **login) as server:
            with MongoClient(server.uri, **login) as client:  # the first user may be made without a login
                client.admin.command("createUser", "curator", pwd="p@ss", roles=["root"])
            yield SecureServer(f"127.0.0.1:{server.port}", certificate)
    except EngineMissing as reason:
        pytest.skip(str(reason))


@pytest.fixture
def ingest(run, small_release, tmp_path):
    """Ingest into documents at an address, and return what the program said."""

    def ingest_into(documents: str):
        return run("ingest", small_release, "--no-index", "--documents", documents, "-w", tmp_path / "w")

    return ingest_into


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(mongo_database, "TIMEOUT_MS", 3000)


def test_tls_and_a_login_are_remembered_but_for_the_password(
    ingest, secure_server, small_release, tmp_path, monkeypatch
):
    monkeypatch.chdir(secure_server.certificate.public.parent)
    options = f"authSource=admin&tls=true&tlsCAFile={secure_server.certificate.public.name}"
    assert ingest(f"mongodb://curator:p%40ss@{secure_server.host}/first?{options}").code == 0
    remembered = (tmp_path / "w" / "casegraph.json").read_text()
    assert f"tlsCAFile={secure_server.certificate.public.absolute()}" in remembered
    assert "authSource=admin" in remembered
    assert "p%40ss" not in remembered
    asked = query(tmp_path / "w", tmp_path)
    assert asked.returncode == 2
    assert f"mongodb://curator:PASSWORD@{secure_server.host}/first?authSource=admin&tls=true" in asked.stderr


def test_a_new_process_reaches_documents_by_the_options_that_were_remembered(ingest, tmp_path, tmp_path_factory):
    certificate = make_certificate(tmp_path_factory.mktemp("certificate"))
    login = {"tls": True, "tlsCAFile": str(certificate.public)}
    options = ("--tlsMode", "requireTLS", "--tlsCertificateKeyFile", str(certificate.with_key))
    try:
        with running_mongod(*options, **login) as server:
            address = f"{server.uri}/casegraph?tls=true&tlsCAFile={certificate.public}&directConnection=true"
            assert ingest(address).code == 0
            asked = query(tmp_path / "w", tmp_path)
    except EngineMissing as reason:
        pytest.skip(str(reason))
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "medpix2:" in asked.stdout


def query(workspace: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Ask in a new process, in another folder and without any setting of the environment."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("CASEGRAPH_")}
    environment = {**outside, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "ui.cli", "query", "--json", "-w", str(workspace)]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, env=environment)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("", "write tls=true and tlsCAFile=FILE"),
        ("?tls=true&authSource=admin", "tlsCAFile=FILE in the address"),
        ("?tls=true&tlsCAFile={file}&authSource=first", "authSource=admin"),
    ],
)
def test_a_server_that_wants_tls_names_the_option_that_is_wrong(
    ingest, secure_server, tmp_path, impatient, options, said
):
    written = options.format(file=secure_server.certificate.public)
    answer = ingest(f"mongodb://curator:p%40ss@{secure_server.host}/first{written}")
    assert answer.code == 4
    assert len(answer.err.strip().splitlines()) == 1
    assert said in answer.err
    assert "p%40ss" not in answer.err
    assert not (tmp_path / "w" / "casegraph.json").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("tls=true", "Leave tls=true out of the address"),
        ("replicaSet=rs0", "Correct replicaSet in the address"),
    ],
)
def test_a_server_without_tls_or_replica_set_names_the_option_that_is_wrong(
    ingest, mongodb_address, tmp_path, impatient, options, said
):
    answer = ingest(f"{mongodb_address}?{options}")
    assert answer.code == 4
    assert len(answer.err.strip().splitlines()) == 1
    assert said in answer.err
    assert not (tmp_path / "w" / "casegraph.json").exists()


def test_an_address_of_srv_that_no_dns_knows_says_how_to_go_without(ingest, impatient):
    answer = ingest("mongodb+srv://no-such-host.invalid.example/db")
    assert answer.code == 4
    assert "write mongodb://host:27017/database" in answer.err


def test_a_replica_set_is_reached_by_its_name_and_a_member_of_it_directly(ingest, tmp_path):
    try:
        with running_mongod("--replSet", "rs0") as server:
            with MongoClient(server.uri, directConnection=True) as client:
                member = {"_id": 0, "host": server.uri.removeprefix("mongodb://")}
                client.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
            address = f"{server.uri}/casegraph?replicaSet=rs0"
            assert ingest(address).code == 0
            asked = query(tmp_path / "w", tmp_path)
            direct = ingest(f"{server.uri}/casegraph?directConnection=true")
    except EngineMissing as reason:
        pytest.skip(str(reason))
    assert (asked.returncode, asked.stderr) == (0, "")
    assert direct.code == 0
    assert "directConnection=true" in (tmp_path / "w" / "casegraph.json").read_text()
