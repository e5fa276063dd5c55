"""How large a page becomes: its weight must stay small enough to be sent by mail."""

import re

import browser_pages
import report_decision_tables
import report_tables
from packed_pages import unpacked

SIMULATOR = 1.3e6


def test_a_hundred_touchpoints_in_four_waves_and_two_languages_stay_small(tmp_path):
    study = report_tables.study(tmp_path, waves=4, touchpoints=100)
    tables = report_tables.tables(study)
    tables |= report_decision_tables.decision_tables(study, tables)
    text = browser_pages.whole_page(study, tables)
    assert len(text.encode()) + SIMULATOR < 5.5e6
    plain = re.sub(r"<template.*?</template>", "", text, flags=re.DOTALL)
    assert plain.count('<details class="profile"') == 100
    assert len(plain.encode()) < 2.2e6
    assert unpacked(text).count("<table") > 1000
