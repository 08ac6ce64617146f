"""Opaque page marks, as the API hands them out."""

import base64
import binascii
import json


def encode(listing: str, before: int) -> str:
    """Return the mark of the page of this listing that starts below position `before`."""
    return base64.urlsafe_b64encode(json.dumps({"l": listing, "b": before}).encode()).decode()


def decode(listing: str, cursor: str) -> int:
    """Return the position a mark stands for.

    Raises: ValueError for anything this listing did not hand out.
    """
    try:
        mark = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError("not a cursor") from error
    if not isinstance(mark, dict) or mark.get("l") != listing or not isinstance(mark.get("b"), int):
        raise ValueError("not a cursor of this listing")
    return int(mark["b"])
