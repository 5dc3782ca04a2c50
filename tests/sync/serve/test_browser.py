"""What somebody with a browser sees and does, in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.axe import script as axe
from tests.sync.preview.boards import board, panel, target
from tests.sync.sandbox.client import Client
from tests.sync.serve.conftest import PATIENCE, Reader, settled, until
from tests.sync.serve.site import HOSTILE, Folder, phoenix, shop

pytestmark = pytest.mark.needs("chromium-headless-shell")
expect.set_options(timeout=PATIENCE)

THEMES = ("light", "dark")
PATHS = ("/", "/?q=requests", "/d/phoenix-system-overview", "/d/phoenix-slo/2", "/d/phoenix-logs/text", "/changes")
WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 360, "height": 800}
CANVAS = {"light": "rgb(244, 245, 245)", "dark": "rgb(17, 18, 23)"}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """This repository's dashboards, one of them changed, one hostile, and a broken file."""
    folder = phoenix(tmp_path_factory.mktemp("gallery"))
    file = folder.rendered / "dashboards/Phoenix/traces.json"
    folder.write("dashboards/Phoenix/traces.json", file.read_text().replace('"Requests', '"All requests'))
    folder.board("hostile", panel("text", HOSTILE, options={"content": HOSTILE}), title=HOSTILE, tags=[HOSTILE])
    folder.write("dashboards/broken.json", "{")
    with folder.served() as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return shop(tmp_path)


def test_a_reader_finds_a_dashboard_and_looks_closely_at_a_panel(gallery: Client, reader: Reader) -> None:
    page = reader.open(gallery.url)
    expect(page.get_by_role("heading", name="Phoenix / SLO")).to_be_visible()
    page.get_by_role("link", name="System Overview", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="System Overview")).to_be_visible()
    settled(page)
    page.get_by_role("img", name="Requests by route, Time series").click()
    expect(page.get_by_role("heading", level=1, name="Requests by route")).to_be_visible()
    expect(page.get_by_role("table").get_by_text("/v1/plans", exact=True)).to_be_visible()
    settled(page)
    page.get_by_role("navigation", name="Breadcrumbs").get_by_role("link", name="System Overview").click()
    page.get_by_role("link", name="Read as text").click()
    expect(page.get_by_role("article", name=re.compile("Requests by route"))).to_contain_text("/v1/plans")


def test_panels_stand_where_the_dashboard_has_them(gallery: Client, reader: Reader) -> None:
    page = reader.open(f"{gallery.url}/d/phoenix-system-overview", viewport={"width": 1648, "height": 1000})
    boxes = [page.locator(f"#panel-{index}").bounding_box() for index in (0, 5, 6, 7)]
    first, last, left, right = boxes
    assert first["y"] == last["y"] < left["y"] == right["y"]
    assert first["x"] == left["x"]
    assert last["x"] + last["width"] == pytest.approx(right["x"] + right["width"], abs=2)
    assert left["width"] == pytest.approx(3 * first["width"], abs=30)


def test_pictures_are_drawn_when_they_come_into_sight(folder: Folder, reader: Reader) -> None:
    folder.board("tall", *(panel("stat", f"Stat {index}", place=(0, index * 8, 24, 8)) for index in range(60)))
    with reader.at(folder) as client:
        page = reader.open(f"{client.url}/d/tall")
        settled(page)
        assert not [url for url in reader.asked if "/d/tall/59/" in url]
        page.locator("#panel-59").scroll_into_view_if_needed()
        settled(page)
        assert [url for url in reader.asked if "/d/tall/59/" in url]


def test_a_search_answers_while_it_is_typed(gallery: Client, reader: Reader) -> None:
    page = reader.open(gallery.url)
    page.keyboard.press("/")
    page.keyboard.type("requests by route")
    expect(page.get_by_text(re.compile(r"of 16 dashboards match"))).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("match “requests by route”")
    expect(page).to_have_url(re.compile(r"\?q=requests%20by%20route"))
    page.get_by_role("link", name="Requests by route").first.click()
    expect(page.get_by_role("heading", level=1, name="Requests by route")).to_be_visible()
    page.wait_for_load_state()  # until then nobody listens to the keys
    page.keyboard.press("/")
    page.keyboard.type("no such thing")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing matches “no such thing”.")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.get_by_text("16 dashboards in")).to_be_visible()


def test_changes_are_shown_in_words_and_pictures(gallery: Client, reader: Reader) -> None:
    page = reader.open(gallery.url)
    expect(page.get_by_role("listitem").filter(has_text="Traces").get_by_text("changed")).to_be_visible()
    page.get_by_role("link", name="Changes since HEAD").click()
    expect(page.get_by_text(re.compile("panel “All requests")).first).to_be_visible()
    page.get_by_role("img", name=re.compile("^Traces before and after")).scroll_into_view_if_needed()
    settled(page)


@pytest.mark.parametrize("system", THEMES)
def test_the_theme_is_the_systems_until_another_is_chosen(gallery: Client, reader: Reader, system: str) -> None:
    page = reader.open(f"{gallery.url}/d/phoenix-slo", color_scheme=system)
    other = THEMES[1 - THEMES.index(system)]
    until(page, lambda: seen(page) == (CANVAS[system], system))
    page.get_by_role("button", name=other.capitalize(), exact=True).click()
    until(page, lambda: seen(page) == (CANVAS[other], other))
    expect(page.get_by_role("button", name=other.capitalize(), exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", level=1, name="SLO")).to_be_visible()
    page.get_by_role("link", name="Dashboards").first.click()
    until(page, lambda: seen(page)[0] == CANVAS[other])
    page.get_by_role("button", name="Auto").click()
    until(page, lambda: seen(page)[0] == CANVAS[system])


def seen(page: Page) -> tuple[str, str]:
    """The colour behind the page, and the theme of its first picture."""
    settled(page)
    behind = page.evaluate("getComputedStyle(document.body).backgroundColor")
    source = page.evaluate("document.querySelector('.panel img')?.currentSrc ?? ''")
    return behind, "".join(re.findall(r"(light|dark)-", source))


def test_a_page_follows_its_file_and_the_reader_stays_where_he_is(folder: Folder, reader: Reader) -> None:
    folder.board("tall", *(panel("stat", f"Stat {index}", place=(0, index * 8, 24, 8)) for index in range(12)))
    with reader.at(folder) as client:
        page = reader.open(f"{client.url}/d/tall")
        page.locator("#panel-9 a").focus()
        settled(page)
        before = page.evaluate("scrollY")
        assert before > 0
        folder.board(
            "tall",
            *(panel("stat", f"Stat {index}", place=(0, index * 8, 24, 8)) for index in range(12)),
            title="Taller",
        )
        expect(page.get_by_role("heading", level=1, name="Taller")).to_be_attached()
        expect(page.get_by_role("status").last).to_have_text("Updated: dashboards/tall.json changed")
        expect(page).to_have_title(re.compile("^Taller"))
        assert page.evaluate("document.activeElement.closest('[id]').id") == "panel-9"
        assert page.evaluate("scrollY") == before
        settled(page)


def test_a_page_is_left_alone_by_files_that_it_does_not_show(folder: Folder, reader: Reader) -> None:
    with reader.at(folder) as client:
        page = reader.open(f"{client.url}/d/overview")
        listed = reader.open(client.url)
        page.evaluate("document.getElementById('main').dataset.kept = 'yes'")
        version = page.locator('meta[name="version"]')
        first = version.get_attribute("content")
        folder.board("Shop/another", panel("stat"), title="Another")
        expect(listed.get_by_role("link", name="Another")).to_be_visible()
        until(page, lambda: version.get_attribute("content") != first)
        assert page.evaluate("document.getElementById('main').dataset.kept") == "yes"


def test_a_file_that_breaks_is_said_and_its_page_comes_back(folder: Folder, reader: Reader) -> None:
    file = folder.rendered / "dashboards/Shop/overview.json"
    whole = file.read_text()
    with reader.at(folder) as client:
        page = reader.open(f"{client.url}/d/overview")
        folder.write("dashboards/Shop/overview.json", whole[:-20])
        expect(page.get_by_text(re.compile(r"dashboards/Shop/overview\.json:1:\d+"))).to_be_visible()
        folder.write("dashboards/Shop/overview.json", whole)
        expect(page.get_by_role("heading", level=1, name="Shop overview")).to_be_visible()
    reader.problems = [said for said in reader.problems if "404" not in said]


def test_a_page_is_walked_through_by_keyboard_alone(folder: Folder, reader: Reader) -> None:
    with reader.at(folder) as client:
        page = reader.open(client.url)
        press(page, "Tab")
        assert focused(page) == "Skip to the content"
        press(page, "Enter", see=False)
        until(page, lambda: page.evaluate("document.activeElement.id") == "main")
        press(page, "/")
        page.keyboard.type("shop over")
        expect(page.get_by_role("status").first).to_contain_text("1 of 2")
        press(page, "ArrowDown")
        assert focused(page) == "Shop overview"
        press(page, "Enter", see=False)
        expect(page.get_by_role("heading", level=1, name="Shop overview")).to_be_visible()
        walked = []
        while not walked or not walked[-1].startswith("Requests by route"):
            press(page, "Tab")
            walked.append(focused(page))
            assert len(walked) < 40
        assert {"dash-sync", "Dashboards", "Auto", "Light", "Dark", "Apply", "Read as text"} <= set(walked)
        press(page, "Enter", see=False)
        expect(page.get_by_role("heading", level=1, name="Requests by route")).to_be_visible()


def press(page: Page, key: str, *, see: bool = True) -> None:
    """Press a key; what has the focus then must be seen to have it."""
    page.keyboard.press(key)
    if see:
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", f"nothing shows the focus on {focused(page)!r}"


def focused(page: Page) -> str:
    """What a screen reader would call what has the focus."""
    return page.evaluate(
        """() => {
          const at = document.activeElement;
          const said = at.innerText?.trim() || at.querySelector("img")?.alt;
          return said || at.getAttribute("aria-label") || at.id;
        }"""
    )


@pytest.mark.parametrize("theme", THEMES)
def test_pages_hold_to_the_rules_of_accessibility(gallery: Client, reader: Reader, theme: str) -> None:
    page = reader.open(gallery.url, color_scheme=theme)
    for size, paths in ((WIDE, PATHS), (NARROW, ("/", "/d/phoenix-slo"))):
        page.set_viewport_size(size)
        for path in paths:
            page.goto(f"{gallery.url}{path}")
            page.evaluate(axe())
            found = page.evaluate("async () => (await axe.run()).violations")
            said = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
            assert said == [], f"{path} at {size['width']}: {said}"


def test_nothing_is_cut_off_on_a_narrow_screen(gallery: Client, reader: Reader) -> None:
    page = reader.open(gallery.url, viewport=NARROW)
    for path in (
        "/",
        "/d/phoenix-system-overview",
        "/d/phoenix-slo/2",
        "/d/phoenix-logs/text",
        "/changes",
        "/d/hostile",
    ):
        page.goto(f"{gallery.url}{path}")
        settled(page)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= NARROW["width"], path
    page.goto(f"{gallery.url}/d/phoenix-system-overview")
    settled(page)
    assert "narrow" in page.locator(".panel img").first.evaluate("(one) => one.currentSrc")


def test_hostile_titles_do_nothing(gallery: Client, reader: Reader) -> None:
    page = reader.open(f"{gallery.url}/?q=script")
    for path in ("/d/hostile", "/d/hostile/0", "/d/hostile/text", "/changes", "/d/hostile/0/light-wide.svg"):
        page.goto(f"{gallery.url}{path}")
        if not path.endswith(".svg"):
            settled(page)
            expect(page.get_by_text("onerror=").first).to_be_attached()
        assert page.evaluate("document.querySelectorAll('script:not([src]), img[src=x], [onerror]').length") == 0
        assert page.title() != "taken"


def test_a_script_that_got_into_a_page_would_not_run(gallery: Client, reader: Reader) -> None:
    page = reader.open(gallery.url)
    page.evaluate(
        """() => {
          for (const code of ["window.ran = 1"]) {
            const script = document.createElement("script");
            script.textContent = code;
            document.body.append(script);
          }
          document.body.insertAdjacentHTML("beforeend", "<img src='http://203.0.113.1/x' onerror='window.ran = 2'>");
        }"""
    )
    until(page, lambda: len([said for said in reader.problems if "Content Security Policy" in said]) >= 3)
    assert page.evaluate("window.ran") is None
    reader.problems.clear()
    reader.asked = [url for url in reader.asked if "203.0.113.1" not in url]


def test_what_cannot_be_drawn_is_said_in_its_place(folder: Folder, reader: Reader) -> None:
    folder.write("dashboards/odd.json", board(panel("flux", "Flux", target("up")), uid="odd", title="Odd"))
    with reader.at(folder, prometheus="http://127.0.0.1:9") as client:
        page = reader.open(f"{client.url}/d/odd")
        settled(page)
        page.get_by_role("img", name="Flux, flux").click()
        expect(page.get_by_text("http://127.0.0.1:9 refuses the connection").first).to_be_visible()
