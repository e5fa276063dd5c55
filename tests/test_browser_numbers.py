"""What is copied and downloaded from the page's tables says what the page says."""

import csv
import io
import re

import pytest

import browser_pages
from browser_pages import opened
from test_browser import browser, column, until  # noqa: F401

pytestmark = pytest.mark.skipif(
    browser_pages.CHROMIUM is None, reason="needs Chromium (Debian package chromium)"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("numbers")
    for name in ("numbers", "grades"):
        text = getattr(browser_pages, f"{name}_page")(folder)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


def downloaded(tab, box):
    with tab.expect_download() as waiting:
        box.locator(".table-tools button", has_text="CSV").evaluate("(button) => button.click()")
    text = waiting.value.path().read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_file_holds_numbers_as_they_are_read(browser, made):  # noqa: F811
    with opened(browser, made / "numbers.html") as tab:
        head, *rows = downloaded(tab, tab.locator(".table"))
        found = [dict(zip(head, row, strict=True)) for row in rows]
        assert found[0] == {
            "Name": "a",
            "Erlebnis: Note": "1.50", "Erlebnis: Note (von)": "1.40",
            "Erlebnis: Note (bis)": "1.60", "Erlebnis: Note (Angabe)": "1,40 bis 1,60",
            "Erlebnis: Punkte": "-0.2", "Erlebnis: Punkte (von)": "",
            "Erlebnis: Punkte (bis)": "", "Erlebnis: Punkte (Angabe)": "",
            "Anteil": "0.4512", "Anteil (von)": "0.4404", "Anteil (bis)": "0.4602",
            "Anteil (Angabe)": "44 bis 46 %; n = 1.485",
            "Klein": "< 0,001", "Mehrere": "9 · 2 · 1", "Groß": "1234567",
            "enttäuscht": "0.22", "okay": "0.60", "begeistert": "0.18", "Basis": "n = 2",
        }  # fmt: skip
        assert found[1]["Klein"] == "0.0312"
        assert found[1]["Mehrere"] == "−14,5 Punkte"
        assert found[1]["Erlebnis: Punkte"] == "14.5"
        assert found[1]["Erlebnis: Punkte (Angabe)"] == "+12,5 bis +16,5"
        assert found[1]["Erlebnis: Punkte (bis)"] == "16.5"
        assert found[1]["Basis"] == ""


def test_a_column_is_sorted_by_what_is_read(browser, made):  # noqa: F811
    with opened(browser, made / "numbers.html") as tab:
        box = tab.locator(".table")
        for name, descending in (("Note", "ba"), ("Punkte", "ba"), ("Klein", "ba"), ("Groß", "ab")):
            box.get_by_role("button", name=name, exact=True).click()
            assert box.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
            assert "".join(column(box, 1)) == descending, name


def test_every_number_of_a_page_of_grades_is_the_same_in_its_file(browser, made):  # noqa: F811
    numbers = 0
    with opened(browser, made / "grades.html", address="#&lang=de") as tab:
        tab.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        until(tab, "document.querySelectorAll('.profile .table-tools').length > 20")
        for box in tab.locator("section:not(.section-profiles) .table:visible").all():
            head, *rows = downloaded(tab, box)
            columns = dict(zip(head, zip(*rows, strict=True), strict=True))
            heads = box.locator("thead tr:last-child th").all_inner_texts()
            classes = [
                th.get_attribute("class") for th in box.locator("thead tr:last-child th").all()
            ]
            for place, name in enumerate(heads):
                found = [key for key in columns if re.fullmatch(rf"(.*: )?{re.escape(name)}", key)]
                if len(found) != 1:
                    continue
                shown = box.locator(f"tbody tr:visible > :nth-child({place + 1})").evaluate_all(
                    "(cells, head) => cells.map((cell) => cell.firstChild && (head || "
                    "cell.classList.contains('number')) ? cell.firstChild.textContent.trim() : '')",
                    "number" in (classes[place] or "").split(),
                )
                for text, value in zip(shown, columns[found[0]], strict=True):
                    number = re.fullmatch(r"([+−]?[\d.]+(?:,\d+)?)(\s%)?", text)
                    if not number:
                        continue
                    read = float(number[1].replace(".", "").replace(",", ".").replace("−", "-"))
                    read /= 100 if number[2] else 1
                    digits = len(number[1].partition(",")[2]) + (2 if number[2] else 0)
                    numbers += 1
                    assert abs(float(value) - read) <= 0.5000001 * 10.0**-digits, (name, text)
    assert numbers > 500
