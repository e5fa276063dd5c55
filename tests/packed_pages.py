"""Puts the packed parts of a page where its script would, so that tests can read all of it."""

from __future__ import annotations

import base64
import gzip
import json
import re

PACK = re.compile(r'<template class="pack" data-pack="([^"]*)">([^<]*)</template>\n?')
PLACE = re.compile(r'(id="(part-\d+)"[^>]*>)')


def unpacked(text: str) -> str:
    """Return a page with every language, wave group and profile in its place."""
    found = {}
    for _, pack in PACK.findall(text):
        found |= dict(json.loads(gzip.decompress(base64.b64decode(pack))))
    text, left = PACK.sub("", text), -1
    while left != len(found):
        left = len(found)
        text = PLACE.sub(lambda place: place[0] + found.pop(place[2], ""), text)
    return text
