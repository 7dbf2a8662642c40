"""Certificates for a server of a test, made by the ``openssl`` program."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Certificate:
    """A certificate for `HOST` that signs itself."""

    public: Path
    with_key: Path


def make_certificate(folder: Path) -> Certificate:
    """Write a certificate and its key into `folder`; the test is skipped where there is no ``openssl``."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("the program openssl is not there to make a certificate")
    public, key, both = folder / "public.pem", folder / "key.pem", folder / "both.pem"
    command = [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    extension = ["-addext", f"subjectAltName=IP:{HOST}"]
    subprocess.run([*command, *extension, "-keyout", key, "-out", public], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + public.read_bytes())
    return Certificate(public, both)
