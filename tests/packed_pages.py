"""Puts the packed parts of a page where its script would, so that tests can read all of it."""

from __future__ import annotations

import base64
import gzip
import json
import re

PACK = re.compile(r'<template class="pack" data-pack="([^"]*)">([^<]*)</template>\n?')


def unpacked(text: str) -> str:
    """Return a page with every language, wave and group in its place."""
    packs = dict(PACK.findall(text))
    text = PACK.sub("", text)
    for key in sorted(packs, key=lambda key: key.count("-")):
        parts = json.loads(gzip.decompress(base64.b64decode(packs[key])))
        found = dict(parts)
        text = re.sub(
            r'(id="(part-\d+)"[^>]*>)',
            lambda place, found=found: place[1] + found.get(place[2], ""),
            text,
        )
    return text
