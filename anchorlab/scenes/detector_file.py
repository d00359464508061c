"""A file with a photo and what a detector says of it, as the script of `export/pretrained.py` writes it.

It is a file of predictions (`predictions_io`) with one more entry: `{"picture": {"name", "data"}, "predictions": [...]}`,
`data` being the picture's own file in base64.
"""

import base64
import binascii
import json
from typing import NamedTuple

from anchorlab.scenes.boxes_io import clean_name
from anchorlab.scenes.predictions_io import MAX_BYTES, PredictionsError


class Sent(NamedTuple):
    """A picture that came with predictions.

    Attributes:
      data: the bytes of its file.
      name: of that file, in visible characters; may be empty.
    """

    data: bytes
    name: str


def picture_in(data: bytes) -> Sent | None:
    """The picture that a file of predictions brings along; None if it brings none, or is no such file at all: whoever
    reads its predictions says what is wrong with it.

    Raises:
      PredictionsError: there is a picture, and it cannot be read.
    """
    # Most files are lists and tables: they are not read twice.
    if len(data) > MAX_BYTES or not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or "picture" not in document:
        return None
    sent = document["picture"]
    text = sent.get("data") if isinstance(sent, dict) else None
    try:
        picture = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        picture = b""
    if not picture:
        raise PredictionsError(
            'The "picture" of this file cannot be read: its "data" must be an image file in base64. Write the file again '
            'with the script, or leave "picture" out.'
        )
    name = sent.get("name")
    return Sent(picture, clean_name(name) if isinstance(name, str) else "")
