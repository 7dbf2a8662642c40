"""Pictures, safely: from untrusted bytes to pixels, and from pixels to files named by their content.

Import from here. `Decoder` decodes in child processes with limits, `ObjectStore` keeps what came out,
`decode_picture` is the decoding itself, for fuzzing it in process.
"""

from __future__ import annotations

from ingest.decoder import Decoder
from ingest.decoding import Picture, decode_picture
from ingest.objects import ObjectStore

__all__ = ["Decoder", "ObjectStore", "Picture", "decode_picture"]
