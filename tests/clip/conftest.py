"""No test of encoders reaches the net: what would be downloaded fails at once."""

import socket
from pathlib import Path

import pytest


@pytest.fixture
def offline(monkeypatch):
    """Turn model hubs off, and make any connection that is tried all the same an error."""
    import huggingface_hub.constants

    def refuse(*_):
        raise OSError("a test tried to reach the net")

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


class Trap:
    """Pickled, it makes a file when it is unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.fixture
def trap(tmp_path):
    """A value whose unpickling creates the file `trap.path`."""
    return Trap(tmp_path / "code-was-run")
