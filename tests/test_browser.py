"""The page in a real browser: every choice, tool and download, without errors or requests."""

import csv
import io
import re
import subprocess

import pytest
from PIL import Image

import browser_pages
from browser_pages import opened

pytestmark = pytest.mark.skipif(
    browser_pages.CHROMIUM is None, reason="needs Chromium (Debian package chromium)"
)


OPEN = "document.querySelectorAll('.page:not([hidden]) details').forEach((d) => { d.open = true; })"
SAID = "document.getElementById('said').textContent"


@pytest.fixture(scope="module")
def browser():
    driver = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with driver.sync_playwright() as started:
        found = started.chromium.launch(
            executable_path=browser_pages.CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name in ("study", "hostile", "chosen"):
        text = getattr(browser_pages, f"{name}_page")(folder)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


def captions(tab):
    return tab.locator("caption:visible").all_inner_texts()


def until(tab, expression):
    """Wait until an expression holds; the page's policy forbids the driver's own way (eval)."""
    for _ in range(200):
        if tab.evaluate(expression):
            return
        tab.wait_for_timeout(40)
    pytest.fail(f"never: {expression} ({tab.evaluate('location.hash')})")


def pick(tab, name, label):
    tab.select_option(f"#choose-{name}", label=label)


def test_every_choice_shows_its_part_without_reload(browser, pages):
    with opened(browser, pages / "chosen.html") as tab:
        tab.evaluate("window.kept = 1")
        assert captions(tab)[:2] == ["de 2023 alle loyalty", "de 2023 alle nps"]
        pick(tab, "wave", "Welle 2022")
        tab.get_by_text("de 2022 alle loyalty", exact=True).wait_for()
        assert captions(tab)[:2] == ["de 2022 alle loyalty", "de 2022 alle nps"]
        pick(tab, "group", "Region: Nord")
        tab.get_by_text("de 2022 region=1 loyalty", exact=True).wait_for()
        assert tab.locator(".of:visible").all_inner_texts() == ["Gruppe „Region: Nord“"]
        assert tab.locator("#de-whole .whole:visible").count() == 1
        pick(tab, "outcome", "Weiterempfehlung")
        assert captions(tab)[0] == "de 2022 region=1 nps"
        pick(tab, "language", "English")
        tab.get_by_text("en 2022 region=1 nps", exact=True).wait_for()
        assert tab.evaluate("[document.documentElement.lang, document.title, window.kept]") == [
            "en", "Page en", 1,
        ]  # fmt: skip
        assert tab.locator("#choose-wave option").all_inner_texts() == ["Wave 2022", "Wave 2023"]
        address = "#&lang=en&wave=2022&group=region%3D1&outcome=nps"
        until(tab, f"location.hash === '{address}'")
        until(tab, f"{SAID}.startsWith('Showing')")
        pick(tab, "group", "Region: South")
        tab.locator("section#en-choice .box:visible").wait_for()
        assert "Region: South" in tab.locator("section#en-choice .box:visible").inner_text()
        assert captions(tab) == ["en 2023 alle whole"]
    with opened(browser, pages / "chosen.html", address=address) as tab:
        assert captions(tab)[0] == "en 2022 region=1 nps"
        assert tab.locator("#choose-group").input_value() == "1"


@pytest.mark.parametrize(("locale", "shown"), [("de-CH", "de"), ("en-GB", "en"), ("fr-FR", "de")])
def test_the_page_opens_in_the_browsers_language_else_in_the_first(browser, pages, locale, shown):
    with opened(browser, pages / "chosen.html", locale=locale) as tab:
        assert tab.evaluate("document.documentElement.lang") == shown


def test_links_lead_to_sections_profiles_and_back(browser, pages):
    path = pages / "study.html"
    with opened(browser, path, address="#de-profile-website&lang=en&wave=2021") as tab:
        profile = tab.locator("#en-profile-website")
        assert profile.get_attribute("open") is not None
        assert tab.evaluate("document.activeElement.closest('details')?.id") == "en-profile-website"
        assert tab.locator("#choose-wave").input_value() == "0"
        tab.locator("nav a[href='#en-methods']").click()
        until(tab, "location.hash.startsWith('#en-methods&lang=en&wave=2021')")
        assert (
            tab.evaluate("document.getElementById('en-methods').getBoundingClientRect().top") < 99
        )
        tab.evaluate("history.back()")
        until(tab, "location.hash.startsWith('#en-profile-website')")
        tab.locator("#en-answer .section-link").click()
        copied = tab.evaluate("navigator.clipboard.readText()")
        assert copied.endswith("study.html#en-answer&lang=en&wave=2021")
        card = tab.locator(".card:visible .more a").first
        card.click()
        until(tab, "document.activeElement.tagName === 'SUMMARY'")
    with opened(browser, path, address="?lang=en&wave=2021") as tab:
        assert tab.evaluate("document.documentElement.lang") == "en"
        assert tab.locator("#choose-wave").input_value() == "0"
    with opened(browser, path, address="#nowhere&wave=1850&group=x&outcome=y&lang=xx") as tab:
        assert tab.locator("#choose-wave").input_value() == "1"


def column(table, place):
    return table.locator(f"tbody tr:visible > :nth-child({place})").all_inner_texts()


def test_tables_are_sorted_searched_and_keep_to_it(browser, pages):
    with opened(browser, pages / "chosen.html") as tab:
        box = tab.locator("#de-whole .table")
        box.get_by_role("button", name="Wert").click()
        assert box.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
        assert column(box, 3)[:3] == ["1.234,5", "16,0", "15,0"]
        box.get_by_role("button", name="Wert").press("Enter")
        assert column(box, 3)[:3] == ["−0,2", "0,0", "1,0"]
        until(tab, f"{SAID}.includes('aufsteigend')")
        box.get_by_role("searchbox").fill("zeile 1")
        assert all("Zeile 1" in text for text in column(box, 1))
        count = len(column(box, 1))
        until(tab, f"{SAID} === '{count} von 20 Zeilen'")
        box.get_by_role("searchbox").fill("")
        pick(tab, "wave", "Welle 2022")
        until(tab, "document.documentElement.dataset.shownWave === '0'")
        assert column(box, 3)[:3] == ["−0,2", "−0,2", "0,0"]
        assert column(box, 3)[-2:] == ["1.234,5", "1.234,5"]


def test_tables_are_copied_and_downloaded(browser, pages):
    with opened(browser, pages / "chosen.html") as tab:
        box = tab.locator("#de-whole .table")
        with tab.expect_download() as waiting:
            box.get_by_role("button", name="CSV").click()
        assert waiting.value.suggested_filename == "whole_de-2023-alle-whole_2023_de.csv"
        data = waiting.value.path().read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        assert rows[0] == ["Name", "Wert", "Wert (von)", "Wert (bis)", "Wert (Angabe)", "Zahl",
                           "Basis"]  # fmt: skip
        assert rows[1] == ["'=1+1 0, \"\"", "1234.5", "1233.5", "1235.5", "detail", "1234.5",
                           "n = 100, de 2023 alle whole"]  # fmt: skip
        assert rows[2][1:4] == ["-0.25", "-1.25", "0.75"]
        assert len(rows) == 21
        box.get_by_role("button", name="Kopieren").click()
        text = tab.evaluate("navigator.clipboard.readText()")
        lines = text.replace("\r\n", "\n").split("\n")
        assert lines[:3] == ["de 2023 alle whole", "Name\tWert\tZahl",
                             "'=1+1 0, \"\"\t1.234,5 (detail)\t1.234,5"]  # fmt: skip
        assert lines[-1] == "n = 100, de 2023 alle whole"
        tab.locator("#de-words .code button").click()
        assert tab.evaluate("navigator.clipboard.readText()").split() == ["[a]", "b", "=", "1"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_downloaded_as_on_paper(browser, pages, scheme):
    with opened(browser, pages / "study.html", color_scheme=scheme) as tab:
        figure = tab.locator("figure:visible:not(:has(svg[viewBox='0 0 40 20']))").first
        with tab.expect_download() as waiting:
            figure.get_by_role("button", name="SVG").click()
        assert re.fullmatch(r"[a-z0-9-]+_de\.svg", waiting.value.suggested_filename)
        svg = waiting.value.path().read_text("utf-8")
        assert "var(" not in svg
        assert "#1b1f24" in svg
        assert "#ffffff" in svg
        tiny = tab.locator("figure:visible svg[viewBox='0 0 40 20']").first
        assert tiny.text_content() == '1.505 #1b1f24 id="r"'
        with tab.expect_download() as waiting:
            figure.get_by_role("button", name="PNG").click()
        assert waiting.value.suggested_filename.endswith("_de.png")
        png = waiting.value.path().read_bytes()
        assert png.startswith(b"\x89PNG")
        width, height = (int.from_bytes(png[k : k + 4]) for k in (16, 20))
        assert width > 1500
        assert height > 300
        picture = Image.open(io.BytesIO(png)).convert("RGB")
        assert picture.getpixel((2, 2)) == (255, 255, 255)
        assert min(picture.convert("L").getextrema()) < 60


def test_the_appearance_is_switched_and_kept(browser, pages):
    with opened(browser, pages / "study.html", color_scheme="dark") as tab:
        ground = "getComputedStyle(document.body).backgroundColor"
        assert tab.evaluate(ground) == "rgb(16, 19, 23)"
        pick(tab, "theme", "Hell")
        assert tab.evaluate(ground) == "rgb(244, 246, 248)"
        tab.reload()
        tab.wait_for_selector("html.ready", state="attached")
        assert tab.evaluate(ground) == "rgb(244, 246, 248)"
        pick(tab, "theme", "Wie das Gerät")
        assert tab.evaluate(ground) == "rgb(16, 19, 23)"
        pick(tab, "theme", "Dunkel")
        tab.emulate_media(color_scheme="light")
        assert tab.evaluate(ground) == "rgb(16, 19, 23)"


def test_profiles_are_found_opened_and_closed(browser, pages):
    with opened(browser, pages / "study.html") as tab:
        tools = tab.locator(".tools")
        tools.get_by_role("searchbox").fill("presse")
        names = tab.locator(".profile:visible .profile-name")
        assert names.all_inner_texts() == ["Berichte in der Presse"]
        tools.get_by_role("searchbox").fill("")
        tools.get_by_role("button", name="Alle aufklappen").click()
        assert tab.locator(".profile[open]").count() == 5
        tab.wait_for_selector(".profile .table-tools", state="attached")
        tools.get_by_role("button", name="Alle zuklappen").click()
        assert tab.locator(".profile[open]").count() == 0


def test_the_page_is_printed_light_and_as_it_was_opened(browser, pages, tmp_path):
    with opened(browser, pages / "study.html", color_scheme="dark") as tab:
        tab.evaluate("window.print = () => { window.printed = true; }")
        tab.get_by_role("button", name="Drucken").click()
        assert tab.evaluate("window.printed")
        folded = tab.locator(".page:not([hidden]) .of-wave > details.folded")
        count = folded.count()
        assert count > 2
        tab.evaluate(
            "document.querySelector('.page:not([hidden]) .of-wave > details.folded').open = true"
        )
        tab.evaluate("document.querySelector('.profile').open = true")
        tab.locator(".profile table").first.wait_for(state="attached")
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.locator(".profile:visible").count() == 1
        assert tab.locator("details.folded table:visible").count() == 1
        assert folded.count() == count
        assert not tab.locator(".bar").is_visible()
        ink = "getComputedStyle(document.body).color"
        assert tab.evaluate(ink) == "rgb(27, 31, 36)"


def test_without_javascript_the_newest_wave_can_be_read(browser, pages):
    with opened(browser, pages / "study.html", java_script_enabled=False) as tab:
        text = tab.locator("body").inner_text()
        assert "Ohne JavaScript" in text
        assert "Bewertungsportale" in text
        assert tab.locator(".bar").is_hidden()
        assert tab.locator("caption:visible").count() > 10


def test_a_browser_that_cannot_unpack_says_so_and_keeps_what_it_shows(browser, pages):
    with opened(browser, pages / "chosen.html") as tab:
        tab.evaluate("delete window.DecompressionStream")
        pick(tab, "language", "English")
        tab.get_by_role("alert").wait_for()
        assert captions(tab)[0] == "de 2023 alle loyalty"
        assert tab.locator("#choose-language").input_value() == "0"


@pytest.mark.parametrize("code", ["de", "en"])
def test_hostile_texts_stay_texts(browser, pages, code):
    with opened(browser, pages / "hostile.html", address=f"#&lang={code}&wave=2021") as tab:
        tab.evaluate(OPEN)
        assert tab.locator("img, svg[onload], [onerror], [onmouseover], iframe").count() == 0
        assert tab.locator("script").count() <= 2
        assert "<script>hacked()</script>" in tab.locator("body").inner_text()
        wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        with tab.expect_download() as waiting:
            tab.get_by_role("button", name="CSV").first.click()
        text = waiting.value.path().read_text("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        started = [cell for cell in cells if re.match(r"\s*[=+@-]", cell)]
        number = r"[+-]?[\d.,e-]+"
        known = rf"{number}|{number} (bis|to) [+−]?[\d.,]+(; [\w =.,]+)*"
        assert [cell for cell in started if not re.fullmatch(known, cell)] == []


@pytest.mark.parametrize("width", [390, 768, 1920])
def test_nothing_is_wider_than_the_screen(browser, pages, width):
    viewport = {"width": width, "height": 844}
    with opened(browser, pages / "study.html", viewport=viewport) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.evaluate(OPEN)
        tab.locator(".profile table").first.wait_for(state="attached")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        wide = tab.locator("#de-verdicts .table .scroll:visible").first
        wide.scroll_into_view_if_needed()
        wanted = '"0"' if width < 1300 else "null"
        first = "document.querySelector('#de-verdicts .table .scroll').getAttribute('tabindex')"
        until(tab, f"{first} === {wanted}")


WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize(
    ("name", "code", "scheme", "width"),
    [
        ("study", "de", "light", 320),
        ("study", "de", "light", 1300),
        ("study", "en", "dark", 390),
        ("chosen", "de", "dark", 1300),
        ("chosen", "en", "light", 390),
    ],
)
def test_axe_finds_no_violation(browser, pages, name, code, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    viewport = {"width": width, "height": 900}
    address = f"#&lang={code}&group=region%3D1"
    with opened(browser, pages / f"{name}.html", address=address, viewport=viewport,
                color_scheme=scheme) as tab:  # fmt: skip
        tab.evaluate(
            "const d = document.querySelector('.page:not([hidden]) .profile'); if (d) d.open = true"
        )
        if name == "study":
            tab.locator(".page:not([hidden]) .profile table").first.wait_for(state="attached")
        found = axe.run(tab, options={"runOnly": {"type": "tag", "values": WCAG}}).response
        told = [
            f"{item['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for item in found["violations"]
            for node in item["nodes"][:3]
        ]
        assert told == []


# Shades below tables, heads that stay when a table scrolls, and sections that are drawn only when
# they are near hide from axe what colour lies below a text: it is judged without them.
FLAT = (
    ".table > .scroll { background: none !important; } "
    ".bar, nav, th, tr > :first-child { position: static !important; } "
    "nav > ol { max-height: none !important; } "
    ".scroll, nav > ol { overflow: visible !important; flex-wrap: wrap; mask: none !important; } "
    "section { content-visibility: visible !important; }"
)
PLAIN = (
    "(css) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
    " document.adoptedStyleSheets = [sheet]; }"
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(browser, pages, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with opened(browser, pages / "study.html", viewport={"width": 1900, "height": 900},
                color_scheme=scheme) as tab:  # fmt: skip
        tab.evaluate(PLAIN, FLAT)
        tab.evaluate("document.querySelector('.profile').open = true")
        tab.locator(".profile table").first.wait_for(state="attached")
        rules = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
        found = axe.run(tab, options=rules).response
        judged, wrong, unsure = (
            [node for item in found[kind] for node in item["nodes"]]
            for kind in ("passes", "violations", "incomplete")
        )
        assert [node["target"] for node in wrong] == []
        told = [
            (node["target"], node["html"][:60], [check["message"] for check in node["any"]])
            for node in unsure
            if not node["html"].startswith(("<text", '<span aria-hidden="true">'))
        ]
        assert len(told) <= 0.02 * len(judged), (len(told), len(judged), told[:9])


def test_a_part_is_small_and_the_page_opens_quickly(browser, pages):
    path = pages / "study.html"
    assert path.stat().st_size < 6e6
    with opened(browser, path) as tab:
        entry = tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        assert entry < 2000


def test_the_page_prints_to_a_pdf(pages, tmp_path):
    out = tmp_path / "page.pdf"
    subprocess.run(
        [browser_pages.CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu",
         "--no-pdf-header-footer", f"--user-data-dir={tmp_path / 'profile'}",
         f"--print-to-pdf={out}", f"file://{pages / 'study.html'}"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert out.read_bytes().startswith(b"%PDF")


def test_profiles_are_unpacked_when_they_are_opened(browser, pages):
    with opened(browser, pages / "study.html") as tab:
        profile = tab.locator("#de-profile-website")
        assert profile.locator("table").count() == 0
        profile.locator("summary").first.click()
        profile.locator("table").first.wait_for()
        assert tab.locator(".profile table").count() == profile.locator("table").count()
    with opened(browser, pages / "study.html", address="#en-profile-website") as tab:
        tab.locator("#en-profile-website table").first.wait_for()
    with opened(browser, pages / "study.html") as tab:
        tab.evaluate("delete window.DecompressionStream")
        tab.locator("#de-profile-website summary").first.click()
        tab.locator("#de-profile-website [role=alert]").wait_for()


def test_rows_of_a_wave_are_found_in_profiles_opened_before_and_after(browser, pages):
    found = []
    for before in (True, False):
        with opened(browser, pages / "study.html") as tab:
            if before:
                tab.evaluate("document.getElementById('de-profile-website').open = true")
                until(tab, "document.querySelector('#de-profile-website table') !== null")
            tab.select_option("#choose-wave", "0")
            until(tab, "document.documentElement.dataset.shownWave === '0'")
            tab.evaluate("document.getElementById('de-profile-website').open = true")
            until(tab, "document.querySelector('#de-profile-website table') !== null")
            rows = "[...document.querySelectorAll('#de-profile-website tbody tr')]"
            empty = tab.evaluate(f"{rows}.filter((row) => !row.cells.length).length")
            found.append((tab.evaluate(f"{rows}.length"), empty))
    assert found[0] == found[1]
    assert found[0][1] == 0


def test_an_outcome_without_results_says_so(browser, pages):
    with opened(browser, pages / "chosen.html") as tab:
        note = tab.locator("section#de-part .only:visible")
        assert note.count() == 0
        pick(tab, "outcome", "Weiterempfehlung")
        note.wait_for()
        assert note.inner_text() == "Zu „Weiterempfehlung“ gibt es hier keine Auswertung."
        pick(tab, "outcome", "Loyalität")
        until(tab, "document.documentElement.dataset.shownOutcome === '0'")
        assert note.count() == 0


def test_a_phone_shows_the_answer_first_and_choices_on_demand(browser, pages):
    with opened(browser, pages / "study.html", viewport={"width": 390, "height": 844}) as tab:
        assert tab.locator(".bar select:visible").count() == 0
        assert tab.locator(".headline").first.bounding_box()["y"] < 600
        button = tab.get_by_role("button", name="Auswahl", exact=True)
        button.click()
        assert button.get_attribute("aria-expanded") == "true"
        assert tab.locator(".bar select:visible").count() > 2
        assert tab.locator("nav.further:visible").count() == 1
        tab.locator("figure").first.scroll_into_view_if_needed()
        tab.locator("figure.scrolls > .hint").first.wait_for()


def test_a_search_without_a_hit_says_so(browser, pages):
    with opened(browser, pages / "chosen.html") as tab:
        box = tab.locator("#de-whole .table")
        box.get_by_role("searchbox").fill("nirgends")
        assert box.locator(".hits:visible").inner_text() == "0 von 20 Zeilen"
        box.get_by_role("searchbox").fill("")
        assert box.locator(".hits:visible").count() == 0


def test_names_of_files_keep_umlauts_readable(browser, pages):
    with opened(browser, pages / "chosen.html") as tab:
        box = tab.locator("#de-part .table")
        with tab.expect_download() as waiting:
            box.get_by_role("button", name="CSV").click()
        assert waiting.value.suggested_filename == "part_qualitaet-und-groesse_de.csv"
