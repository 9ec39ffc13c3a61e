"""QR codes of our own addresses, as SVG for paper and PNG for everything else.

Error level M: a label may be scratched. The code holds PUBLIC_URL and a path, and nothing else.
"""

from __future__ import annotations

import io
from functools import lru_cache

import segno
from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

MEDIA = {"svg": "image/svg+xml", "png": "image/png"}
KEPT_SECONDS = 86400


def address(path: str) -> str:
    """The full address a code leads to."""
    return f"{current_app.config['PUBLIC_URL']}{path}"


@lru_cache(maxsize=512)
def drawn(content: str, form: str) -> bytes:
    """The code as a picture: ``form`` is "svg" or "png". Dark on white, with its quiet zone."""
    code = segno.make(content, error="m", micro=False)
    out = io.BytesIO()
    if form == "svg":
        code.save(out, kind="svg", border=4, xmldecl=False, light="#fff", omitsize=True)
    else:
        code.save(out, kind="png", border=4, scale=10, light="#fff")
    return out.getvalue()


def answer(path: str, form: str) -> ResponseReturnValue:
    """The picture of the code for one of our paths, kept by browsers for a day."""
    response = Response(drawn(address(path), form), mimetype=MEDIA[form])
    response.cache_control.private = True
    response.cache_control.max_age = KEPT_SECONDS
    response.add_etag()
    return response.make_conditional(request)
