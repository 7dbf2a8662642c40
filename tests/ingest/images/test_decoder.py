import gc
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from image_bytes import chunk, colour, encoded, png_of, ramp, zeros_compressed
from PIL import Image

from ingest.errors import RejectedFile
from ingest.images import decoder as decoder_module
from ingest.images.decoder import Decoder
from ingest.images.decoding import DecodedImage, decode_image

ROOT = Path(__file__).parents[3]
HEADER = "{'width_px': 1, 'height_px': 1, 'pixel_sha256': '', 'source_sha256': ''}"  # of an answer of a child
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files and limits")


@pytest.fixture(scope="module")
def decoder():
    with Decoder() as shared:
        yield shared


def refusal_of(call, *arguments):
    with pytest.raises(RejectedFile, match=r"^E-PIC-\d+: ") as refusal:
        call(*arguments)
    return refusal.value


def test_a_child_decodes_as_this_process_does(decoder):
    for data in (encoded(ramp()), encoded(colour()), encoded(colour(), "JPEG")):
        assert decoder.decode(data) == decode_image(data)


def test_a_refusal_crosses_the_pipe_with_its_code_and_sentence(decoder):
    for data in (b"", b"%PDF-1.7", encoded(ramp())[:60], encoded(ramp(8, 8))):
        error = refusal_of(decoder.decode, data)
        assert str(error) == str(refusal_of(decode_image, data))


def test_many_threads_share_the_children(decoder):
    sources = [encoded(np.roll(colour(), turn, axis=1)) for turn in range(24)]
    decoded = {}

    def decode(number):
        decoded[number] = decoder.decode(sources[number])

    threads = [threading.Thread(target=decode, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert decoded == {number: decode_image(source) for number, source in enumerate(sources)}


def test_files_come_back_in_order_each_with_its_image_or_reason(decoder, tmp_path):
    paths = []
    for number in range(20):
        paths.append(tmp_path / f"{number:02}.png")
        paths[-1].write_bytes(b"%PDF" if number % 5 == 0 else encoded(np.roll(ramp(), number, axis=0)))
    answers = list(decoder.decode_files(paths))
    assert [path for path, _ in answers] == paths
    assert [isinstance(answer, RejectedFile) for _, answer in answers] == [n % 5 == 0 for n in range(20)]
    assert answers[7][1] == decode_image(paths[7].read_bytes())


def test_files_are_read_as_they_are_asked_for(decoder, tmp_path):
    path = tmp_path / "scan.png"
    path.write_bytes(encoded(ramp()))
    asked = []

    def paths():
        for number in range(1000):
            asked.append(number)
            yield path

    answers = decoder.decode_files(paths())
    for _ in range(3):
        next(answers)
    answers.close()
    assert len(asked) < 12


# --- a child that fails


def test_an_image_that_takes_too_long_is_refused_and_the_next_one_decodes():
    slow = encoded(Image.new("L", (5000, 5000)), compress_level=1)
    with Decoder(children=1, timeout_s=0.05) as hurried:
        assert refusal_of(hurried.decode, slow).code == "E-PIC-011"
        hurried._idle.queue[0]._timeout_s = 5
        assert hurried.decode(encoded(ramp())) == decode_image(encoded(ramp()))


def test_a_child_that_dies_in_the_middle_costs_one_image(monkeypatch):
    start = "from ingest.images import decoding_child; import os; "
    code = f"{start}decoding_child._answer = lambda _: os.kill(os.getpid(), 11)"
    serving = decoder_module._START
    with Decoder(children=1) as fragile:
        monkeypatch.setattr(decoder_module, "_START", serving.replace("serve()", f"{code}; serve()"))
        assert refusal_of(fragile.decode, encoded(ramp())).code == "E-PIC-012"
        monkeypatch.setattr(decoder_module, "_START", serving)
        assert fragile.decode(encoded(ramp())) == decode_image(encoded(ramp()))


@pytest.mark.parametrize(
    "answer",
    [
        "{'width_px': 'wide'}, b'\\x89PNG\\r\\n\\x1a\\n', b''",
        "{'code': 'E-PIC-999', 'reason': 'x'}, b'', b''",
        "{'code': ['x']}, b'', b''",
        "[], b'', b''",
        f"{HEADER}, b'<html>', b''",
        f"{HEADER}, b'\\x89PNG\\r\\n\\x1a\\n', b'<html>'",
    ],
)
def test_a_child_that_a_file_has_taken_over_cannot_hand_in_nonsense(monkeypatch, answer):
    code = f"from ingest.images import decoding_child; decoding_child._answer = lambda _: ({answer})"
    monkeypatch.setattr(decoder_module, "_START", decoder_module._START.replace("serve()", f"{code}; serve()"))
    with Decoder(children=1) as taken_over:
        assert refusal_of(taken_over.decode, encoded(ramp())).code == "E-PIC-012"


def test_a_child_killed_while_idle_costs_nothing():
    with Decoder(children=1) as one:
        one.decode(encoded(ramp()))
        child = one._idle.queue[0]._process
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert isinstance(one.decode(encoded(ramp())), DecodedImage)


def test_a_child_is_replaced_after_some_hundreds_of_images(monkeypatch):
    monkeypatch.setattr(decoder_module, "IMAGES_PER_CHILD", 3)
    with Decoder(children=1) as one:
        processes = []
        for _ in range(7):
            one.decode(encoded(ramp()))
            processes.append(one._idle.queue[0]._process.pid)
    assert [len(set(processes[start : start + 3])) for start in (0, 3, 6)] == [1, 1, 1]
    assert len(set(processes)) == 3


def test_a_child_knows_nothing_of_our_environment_and_may_write_no_file(monkeypatch, tmp_path):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")
    monkeypatch.setenv("CASEGRAPH_PASSWORD", "secret")
    probe = (
        "import os, resource, json, ingest.images.decoding_child as c; "
        "from ingest.images.rules import refused, ImageProblem as P\n"
        "def answer(data):\n"
        "    try:\n"
        f"        open({str(tmp_path / 'leak')!r}, 'wb', 0).write(b'x')\n"
        "        wrote = True\n"
        "    except OSError: wrote = False\n"
        "    limits = [resource.getrlimit(getattr(resource, n))[0] for n in ('RLIMIT_AS', 'RLIMIT_CORE')]\n"
        "    return {'code': 'E-PIC-001', 'reason': json.dumps([dict(os.environ), wrote, limits])}, b'', b''\n"
        "c._answer = answer\n"
    )
    monkeypatch.setattr(decoder_module, "_START", decoder_module._START.replace("serve()", f"exec({probe!r}); serve()"))
    with Decoder(children=1) as one:
        told = refusal_of(one.decode, encoded(ramp())).reason
    assert "proxy" not in told
    assert "secret" not in told
    assert told.endswith(f"false, [{1024**3}, 0]]")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_children_end_when_the_parent_is_killed():
    code = (
        "import sys, time; sys.path.insert(0, 'tests/support'); from image_bytes import *; "
        "from ingest.images.decoder import Decoder; d = Decoder(children=1); d.decode(encoded(ramp())); "
        "print(d._idle.queue[0]._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 5
    while running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running(child)


def running(process_id):
    """A process that ended but that nobody has asked after yet is not running."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_closing_ends_the_children_and_leaves_no_open_file():
    with Decoder(children=2) as two:
        threads = [threading.Thread(target=two.decode, args=(encoded(ramp()),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        processes = [child._process for child in two._idle.queue if child._process]
    assert processes
    assert all(process.poll() is not None and process.stdout.closed for process in processes)
    gc.collect()


# --- T2: bombs


def gigapixels_of_one_bit():
    return png_of(50_000, 50_000, 1, 0, zeros_compressed(50_000 * 6251))


@cache
def bombs():
    colour_bomb = bytearray(encoded(ramp(), "JPEG"))
    frame = colour_bomb.index(b"\xff\xc0")
    colour_bomb[frame + 5 : frame + 9] = struct.pack(">HH", 65_000, 65_000)
    lying = chunk(b"IDAT", zeros_compressed(300 * 1024 * 1024))
    header = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 20, 20, 8, 0, 0, 0, 0))
    return {
        "50,000 x 50,000 of one bit": gigapixels_of_one_bit(),
        "13,000 x 13,000 of one bit": png_of(13_000, 13_000, 1, 0, zeros_compressed(13_000 * 1626)),
        "65,000 x 65,000 JPEG": bytes(colour_bomb),
        "300 MB of rows in 20 x 20 pixels": header + lying + chunk(b"IEND", b""),
        "twenty text bombs": header + chunk(b"zTXt", b"a\0\0" + zeros_compressed(2**28)) * 20 + b"cut",
        "the largest size without rows": png_of(8192, 4882, 16, 6, zlib.compress(b"")),
        "deep rows that end early": png_of(8192, 4882, 8, 6, zeros_compressed(100 * 1024 * 1024)),
    }


def test_t2_bombs_are_refused_within_a_second_and_half_a_gigabyte(tmp_path):
    for number, data in enumerate(bombs().values()):
        (tmp_path / f"{number}.png").write_bytes(data)
    # a fresh parent, so that the peak of its children is that of the decoder's
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from ingest.images.decoder import Decoder; from ingest.images.decoding import DecodedImage\n"
        "from ingest.errors import RejectedFile\n"
        "with Decoder(children=1) as decoder:\n"
        "    decoder.decode(Path(sys.argv[1]).read_bytes())\n"
        "    for path in sys.argv[2:]:\n"
        "        try: decoder.decode_file(Path(path)); code = 'decoded'\n"
        "        except RejectedFile as error: code = error.code\n"
        "        print(code)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime)\n"
        "print(used.ru_maxrss)\n"
    )
    good = tmp_path / "good.png"
    good.write_bytes(encoded(ramp()))
    files = [str(tmp_path / f"{number}.png") for number in range(len(bombs()))]
    output = subprocess.run(
        [sys.executable, "-c", script, str(good), *files], cwd=ROOT, capture_output=True, text=True, check=True
    )
    *answers, computing_s, peak = output.stdout.split("\n")[:-1]
    codes = dict(zip(bombs(), answers, strict=True))
    expected = dict.fromkeys(bombs(), "E-PIC-004") | {
        "300 MB of rows in 20 x 20 pixels": "decoded",  # what is over is never unpacked
        "twenty text bombs": "E-PIC-006",
        "the largest size without rows": "E-PIC-006",
        "deep rows that end early": "E-PIC-006",
    }
    assert codes == expected
    assert float(computing_s) < len(codes)  # a second each, however busy the machine is
    assert int(peak) * (1 if sys.platform == "darwin" else 1024) < 512 * 1024**2


def test_t2_an_image_that_needs_more_memory_than_a_child_has_is_refused(monkeypatch):
    narrow = "import ingest.images.decoding_child as c; c.MAX_MEMORY_BYTES = 200 * 1024**2"
    start = decoder_module._START
    monkeypatch.setattr(decoder_module, "_START", start.replace("serve()", f"{narrow}; serve()"))
    greedy = encoded(Image.new("RGBA", (5000, 5000), (90, 80, 70, 60)), compress_level=1)
    with Decoder(children=1) as poor:
        assert refusal_of(poor.decode, greedy).code == "E-PIC-010"
        assert isinstance(poor.decode(encoded(ramp())), DecodedImage)


# --- T6: what is not a regular file


def test_t6_links_pipes_devices_and_folders_are_refused_without_waiting(decoder, tmp_path):
    real = tmp_path / "real" / "scan.png"
    real.parent.mkdir()
    real.write_bytes(encoded(ramp()))
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "symlink.png").symlink_to(real)
    (folder / "dangling.png").symlink_to(tmp_path / "nowhere")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "device.png").symlink_to("/dev/zero")
    os.mkfifo(folder / "fifo.png")
    (folder / "folder.png").mkdir()
    listener = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(folder)  # the path of a socket may have about 100 characters
    try:
        listener.bind("socket.png")
    finally:
        os.chdir(here)
    (folder / "hard.png").hardlink_to(real)
    (folder / "good.png").write_bytes(encoded(ramp()))
    start = time.monotonic()
    answers = dict(decoder.decode_files([*sorted(folder.iterdir()), Path("/dev/zero"), folder / "missing.png"]))
    listener.close()
    assert time.monotonic() - start < 15
    codes = {path.name: getattr(answer, "code", "decoded") for path, answer in answers.items()}
    assert codes == {
        "device.png": "E-PIC-013",
        "dangling.png": "E-PIC-013",
        "fifo.png": "E-PIC-013",
        "folder.png": "E-PIC-013",
        "good.png": "decoded",
        "hard.png": "E-PIC-014",
        "loop.png": "E-PIC-013",
        "missing.png": "E-PIC-015",
        "socket.png": "E-PIC-013",
        "symlink.png": "E-PIC-013",
        "zero": "E-PIC-013",
    }


def test_t6_a_file_that_becomes_a_link_or_pipe_after_the_first_look_is_refused(decoder, tmp_path, monkeypatch):
    real, link, pipe = tmp_path / "real.png", tmp_path / "link.png", tmp_path / "pipe.png"
    real.write_bytes(encoded(ramp()))
    link.symlink_to(real)
    os.mkfifo(pipe)
    monkeypatch.setattr(Path, "lstat", lambda _: os.lstat(real))
    assert refusal_of(decoder.decode_file, link).code == "E-PIC-015"
    assert refusal_of(decoder.decode_file, pipe).code == "E-PIC-013"


def test_a_file_over_the_limit_is_refused_without_being_read(decoder, tmp_path):
    large = tmp_path / "large.png"
    with large.open("wb") as stream:
        stream.truncate(10 * 1024**3)
    assert refusal_of(decoder.decode_file, large).code == "E-PIC-003"
