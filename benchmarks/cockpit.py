"""Print how large a cockpit is and how fast it opens in a real browser.

    python benchmarks/cockpit.py reports/cockpit.html

Needs playwright and Chromium. Each figure is the median of five openings in a fresh profile:
``loaded`` is the browser's load event, ``ready`` when every choice can be used.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

OPENINGS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path, nargs="+")
    for page in parser.parse_args().page:
        print(line(page.resolve()))


def line(page: Path) -> str:
    data = page.read_bytes()
    first = [opened(page, width=1300) for _ in range(OPENINGS)]
    phone = opened(page, width=390)
    loaded, ready, chosen = (statistics.median(times) for times in zip(*first, strict=True))
    return (
        f"{page}: {len(data) / 1e6:.2f} MB ({len(gzip.compress(data)) / 1e6:.2f} MB zipped), "
        f"loaded {loaded:.2f} s, ready {ready:.2f} s, other language {chosen:.2f} s; "
        f"phone width: loaded {phone[0]:.2f} s"
    )


def opened(page: Path, *, width: int) -> tuple[float, float, float]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        where = browser.new_context(viewport={"width": width, "height": 900})
        tab: Any = where.new_page()
        started = time.perf_counter()
        tab.goto(f"file://{page}")
        tab.wait_for_selector("html.ready", state="attached")
        ready = time.perf_counter() - started
        entry = tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        chosen = _chosen(tab)
        browser.close()
    return entry / 1000, ready, chosen


def _chosen(tab: Any) -> float:
    options = tab.locator("#choose-language option").count()
    if options < 2:
        return 0.0
    if tab.locator("button.fold").is_visible():
        tab.click("button.fold")
    current = int(tab.locator("#choose-language").input_value())
    before = tab.evaluate("document.documentElement.lang")
    started = time.perf_counter()
    tab.select_option("#choose-language", str((current + 1) % options))
    while tab.evaluate("document.documentElement.lang") == before:
        time.sleep(0.01)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
