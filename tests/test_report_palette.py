"""The palette: neighbours can be told apart by readers with each kind of colour blindness."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from supertouch.report import palette

# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                   [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
WHITE = TO_XYZ @ np.ones(3)
# A difference of about 2.3 is just noticeable side by side; 10 is seen at a glance.
SEEN = 10.0


def linear(colour):
    values = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(colour, sight):
    seen = TO_XYZ @ np.clip(SIGHT[sight] @ linear(colour), 0, 1) / WHITE
    f = np.where(seen > (6 / 29) ** 3, np.cbrt(seen), seen * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one, other, sight):
    """Return CIEDE2000 of two colours as that sight sees them."""
    (l1, a1, b1), (l2, a2, b2) = lab(one, sight), lab(other, sight)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    g = 0.5 * (1 - np.sqrt(((c1 + c2) / 2) ** 7 / (((c1 + c2) / 2) ** 7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = h1 + h2 if not c1 * c2 else (h1 + turn / 2) % 360
    waves = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63))
    t = 1 + sum(size * np.cos(np.radians(k * mean_h + shift)) for size, k, shift in waves)
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    r = (-2 * np.sqrt(mean_c**7 / (mean_c**7 + 25**7))
         * np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2)))))  # fmt: skip
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    parts = ((l2 - l1) / s_l, (c2 - c1) / s_c, dh / s_h)
    return float(np.sqrt(parts[0] ** 2 + parts[1] ** 2 + parts[2] ** 2 + r * parts[1] * parts[2]))


def test_the_measure_gives_the_published_differences():
    # Sharma, Wu & Dalal (2005), turned into what the function takes: identity and black to white.
    assert distance("#0072b2", "#0072b2", "normal") == pytest.approx(0, abs=1e-9)
    assert distance("#000000", "#ffffff", "normal") == pytest.approx(100, abs=0.01)


VERDICTS = [name for name in palette.VERDICTS if name not in ("too_few", "undetermined")]
SETS = {
    "verdicts": [palette.VERDICTS[name] for name in VERDICTS],
    "decisions": list(palette.DECISIONS.values())[:4],
    "yes and no": [palette.YES, palette.NO],
    "series": list(palette.SERIES),
}


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("name", SETS)
def test_neighbours_are_told_apart_however_one_sees(name, sight):
    found = {pair: distance(*pair, sight) for pair in combinations(SETS[name], 2)}
    assert min(found.values()) >= SEEN, min(found, key=found.get)


@pytest.mark.parametrize("sight", SIGHT)
def test_every_colour_stands_out_from_the_paper(sight):
    for colour in {*palette.SERIES, *palette.VERDICTS.values(), *palette.DECISIONS.values()}:
        assert distance(colour, palette.PAPER, sight) >= SEEN


def test_verdicts_do_not_hang_on_colour_alone():
    shapes = {(palette.MARKERS[name], name in palette.FILLED) for name in palette.VERDICTS}
    assert len(shapes) == len(palette.VERDICTS)
    assert set(palette.MARKERS) == set(palette.VERDICTS)
