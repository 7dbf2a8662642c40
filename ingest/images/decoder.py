"""Decode untrusted images in child processes, so that a hostile file costs one image and nothing else.

Each child has limits on memory, processor time and files, no environment and no way back but its pipe; it is killed
when an image takes too long, started again when it dies, and replaced after some hundreds of images.
"""

from __future__ import annotations

import json
import os
import queue
import stat
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter

import ingest
from ingest.errors import EngineUnreachable, RejectedFile
from ingest.images.decoding import DecodedImage
from ingest.images.decoding_child import read_message, write_message
from ingest.images.rules import (
    MAX_AREA_PX,
    MAX_FILE_BYTES,
    PNG_SIGNATURE,
    ImageProblem,
    file_kind,
    refused,
    refused_size,
)

CHILDREN = 2  # decoding keeps up with a disk; more would take memory from the rest of a laptop
TIMEOUT_S = 20.0  # by the clock; the child's 5 s of computing strike first unless the machine is very busy
START_TIMEOUT_S = 30.0  # imports from a cold disk
IMAGES_PER_CHILD = 500  # bounds what leaks in a decoding library can gather
_MAX_HEADER_BYTES = 64 * 1024
_MAX_PNG_BYTES = 4 * MAX_AREA_PX  # RGB that does not compress, with room

_IMAGE = TypeAdapter(DecodedImage)

_START = "import sys; sys.path[:] = sys.argv[1:]; from ingest.images.decoding_child import serve; serve()"


class Decoder:
    """Child processes that decode images. A context manager; may be shared by threads.

    Parameters
    ----------
    children : int
        How many images are decoded at a time. Children start when first needed.
    timeout_s : float
        Longest time for one image; then its child is killed.
    """

    def __init__(self, *, children: int = CHILDREN, timeout_s: float = TIMEOUT_S) -> None:
        self._count = children
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()
        for _ in range(children):
            self._idle.put(_Child(timeout_s))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the children, each as soon as it is idle. A later call of `decode` would start them again."""
        children = [self._idle.get() for _ in range(self._count)]
        for child in children:
            child.stop()
            self._idle.put(child)

    def decode(self, data: bytes) -> DecodedImage:
        """Decode the bytes of one file.

        Raises
        ------
        RejectedFile
            If they are not an image that we accept, or decoding them takes too long or ends the child.
        """
        file_kind(data)  # what can be refused by its first bytes costs no child
        child = self._idle.get()
        try:
            return child.decode(data)
        finally:
            self._idle.put(child)

    def decode_file(self, path: Path) -> DecodedImage:
        """Decode one regular file.

        Symbolic links, FIFOs, devices and folders are refused without being opened. So is a file that has a second
        hard link: it may be another user's file under an innocent name. Copy files that a tool has deduplicated.

        Raises
        ------
        RejectedFile
            As `decode`, and where the file is not there or not a regular one.
        """
        return self.decode(read_regular_file(path))

    def decode_files(self, paths: Iterable[Path]) -> Iterator[tuple[Path, DecodedImage | RejectedFile]]:
        """Decode many files, several at a time, and yield each with its image or why it was refused, in order."""
        ahead: deque[tuple[Path, Future[DecodedImage | RejectedFile]]] = deque()
        with ThreadPoolExecutor(self._count, thread_name_prefix="decode") as threads:
            try:
                for path in paths:
                    ahead.append((path, threads.submit(self._image_or_reason, path)))
                    if len(ahead) > 2 * self._count:  # enough to keep the children busy, few enough to keep memory flat
                        done, future = ahead.popleft()
                        yield done, future.result()
                while ahead:
                    done, future = ahead.popleft()
                    yield done, future.result()
            finally:
                threads.shutdown(wait=False, cancel_futures=True)

    def _image_or_reason(self, path: Path) -> DecodedImage | RejectedFile:
        try:
            return self.decode_file(path)
        except RejectedFile as error:
            return error


class _Child:
    """One child process, used by one thread at a time."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._decoded = 0

    def decode(self, data: bytes) -> DecodedImage:
        process = self._running()
        self._decoded += 1
        watch = _Watch(process, self._timeout_s)
        try:
            header, png, grey_png = _ask(process, data)
        finally:
            too_late = watch.stop()
        if too_late:
            reason = f"decoding the image took longer than {self._timeout_s:g} s. Export it smaller or as PNG."
            raise refused(ImageProblem.TAKES_TOO_LONG, reason)
        if header is None or png is None or grey_png is None:
            self.stop()
            raise _died()
        return _parse_answer(header, png, grey_png)

    def stop(self) -> None:
        """End the process; the next image starts another."""
        process, self._process, self._decoded = self._process, None, 0
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close_quietly(stream)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and (self._decoded >= IMAGES_PER_CHILD or self._process.poll() is not None):
            self.stop()
        if self._process is None:
            self._process = _start()
        return self._process


class _Watch:
    """Kills a process unless it is stopped in time."""

    def __init__(self, process: subprocess.Popen[bytes], timeout_s: float) -> None:
        self._process = process
        self._killed = False
        self._timer = threading.Timer(timeout_s, self._kill)
        self._timer.daemon = True
        self._timer.start()

    def _kill(self) -> None:
        self._killed = True
        self._process.kill()

    def stop(self) -> bool:
        """Stop watching, and tell whether it was too late."""
        self._timer.cancel()
        self._timer.join()
        if self._killed:
            self._process.wait()
        return self._killed


def _start() -> subprocess.Popen[bytes]:
    """Start a child that sees our modules and nothing of our environment."""
    folders = [str(Path(ingest.__file__).parent.parent), *(entry for entry in sys.path if Path(entry).is_absolute())]
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", "-c", _START, *folders],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,  # Ctrl-C in the terminal is for the parent
    )
    watch = _Watch(process, START_TIMEOUT_S)
    assert process.stdout
    greeting = read_message(process.stdout, _MAX_HEADER_BYTES)
    watch.stop()
    if greeting != b"ready":
        process.kill()
        process.wait()
        message = "the image decoder did not start. Is the installation whole? Check it: pip check."
        raise EngineUnreachable(message)
    return process


def _environment() -> dict[str, str]:
    """Return what a child may know: nothing of proxies, homes or secrets."""
    needed = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if "SYSTEMROOT" in os.environ else {}  # Windows needs it to start
    # one thread a library: each thread's arena would count against the memory limit
    return {**needed, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _ask(process: subprocess.Popen[bytes], data: bytes) -> tuple[bytes | None, bytes | None, bytes | None]:
    assert process.stdin
    assert process.stdout
    try:
        write_message(process.stdin, data)
        header = read_message(process.stdout, _MAX_HEADER_BYTES)
        return header, read_message(process.stdout, _MAX_PNG_BYTES), read_message(process.stdout, _MAX_PNG_BYTES)
    except OSError:  # the child went away in the middle
        return None, None, None


def _parse_answer(header: bytes, png: bytes, grey_png: bytes) -> DecodedImage:
    """Return what the child says; its answer is data too, since a hostile file may have taken it over."""
    try:
        fields = json.loads(header)
        if "code" in fields:
            raise refused(ImageProblem(fields["code"]), str(fields["reason"]))
        if not png.startswith(PNG_SIGNATURE) or (grey_png and not grey_png.startswith(PNG_SIGNATURE)):
            raise _died()
        return _IMAGE.validate_python({**fields, "png": png, "grey_png": grey_png or None})
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _died() from error


def _died() -> RejectedFile:
    reason = "decoding the image ended the decoder, as hostile or badly damaged files do. Export it again."
    return refused(ImageProblem.DECODER_DIED, reason)


def _close_quietly(stream: Any) -> None:
    try:
        stream.close()
    except OSError:  # bytes for a child that is gone
        return


def read_regular_file(path: Path) -> bytes:
    """Return the bytes of a regular file with one name, never waiting on a FIFO or following a link.

    Raises
    ------
    RejectedFile
        If it is something else (E-PIC-013, E-PIC-014), too large (E-PIC-003) or cannot be read (E-PIC-015).
    """
    try:
        _require_regular(path.lstat())
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as stream:
            status = os.fstat(stream.fileno())
            _require_regular(status)  # again: the name may have changed hands
            if status.st_size > MAX_FILE_BYTES:
                raise refused_size(status.st_size)
            return stream.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = "the file is not there or may not be read. Check its name and permissions."
        raise refused(ImageProblem.UNREADABLE, reason) from error


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a FIFO"}
        kind = kinds.get(stat.S_IFMT(status.st_mode), "a device or socket")
        reason = f"it is {kind}, expected a regular file. Copy the image itself into the folder."
        raise refused(ImageProblem.NOT_A_REGULAR_FILE, reason)
    if status.st_nlink > 1:
        reason = "the file has a second hard link, expected one name. Copy it into the folder instead of linking it."
        raise refused(ImageProblem.HARD_LINK, reason)
