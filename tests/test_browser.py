"""The page in a real browser: it runs without errors, switches language, and nothing is cut."""

import re
import shutil
import subprocess

import pytest

import report_tables
from supertouch.report import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=3000",
    "--dump-dom",
]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian package chromium)")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    study, tables = report_tables.variant("proxy", folder)
    write_report(study, tables, report_tables.MANIFEST, folder=folder / "reports")
    return folder / "reports" / "cockpit.html"


def opened(page, tmp_path, *, query, width, accepted="en"):
    done = subprocess.run(
        [
            CHROMIUM,
            *FLAGS,
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--window-size={width},2000",
            f"--accept-lang={accepted}",
            f"file://{page}?{query}",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    errors = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, errors


@pytest.mark.parametrize("code", ["de", "en"])
def test_the_page_runs_switches_language_and_cuts_no_table(page, tmp_path, code):
    dom, errors = opened(page, tmp_path, query=f"lang={code}", width=1300)
    assert errors == []
    assert re.search(rf'<html[^>]* lang="{code}"', dom)
    assert 'class="table scrolls' not in dom
    assert "aria-sort" in dom or 'type="button"' in dom


@pytest.mark.parametrize(("accepted", "code"), [("de", "de"), ("en", "en"), ("fr", "de")])
def test_the_page_opens_in_the_browsers_language_else_in_the_first(page, tmp_path, accepted, code):
    dom, _ = opened(page, tmp_path, query="", width=1300, accepted=accepted)
    assert re.search(rf'<html[^>]* lang="{code}"', dom)


def test_on_a_phone_wide_tables_say_that_they_scroll(page, tmp_path):
    dom, errors = opened(page, tmp_path, query="lang=de", width=500)
    assert errors == []
    assert re.search(r'class="table[^"]* scrolls', dom)
