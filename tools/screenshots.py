"""The pictures in docs/screenshots, taken from a running demo: ``make screenshots URL=http://127.0.0.1:8000``.

Needs Chromium (``HEARTH_CHROMIUM`` names another one than Debian's) and a font with emoji.
"""

import io
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tools.browser import CHROMIUM

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
HOME, CONSOLE = "/c/lakeside/", "/c/lakeside/console/"
DESK, PHONE = (1440, 900), (390, 780)


@dataclass(frozen=True, slots=True)
class Picture:
    """What to take: who looks, where, how large, in which theme and language."""

    name: str
    who: str
    path: str
    size: tuple[int, int] = DESK
    theme: str = "hearth"
    language: str = "en"


PICTURES = (
    Picture("console-today", "ada", CONSOLE),
    Picture("console-fleet", "ada", CONSOLE + "groups/"),
    Picture("console-diagnosis", "ada", CONSOLE + "diagnosis/"),
    Picture("console-group-dark-zh", "ada", CONSOLE + "groups/2/", theme="hearth-dark", language="zh-hans"),
    Picture("room-desktop", "chen", HOME + "groups/1/room/"),
    Picture("room-phone-zh-dark", "chen", HOME + "groups/1/room/", PHONE, "hearth-dark", "zh-hans"),
    Picture("home-phone", "chen", HOME, PHONE),
)


def take(browser: Browser, url: str, picture: Picture) -> bytes:
    """One picture, after the page has settled."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", has_touch=width < 768
    )
    looks = {"hearth_theme": picture.theme, "hearth_language": picture.language}
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in looks.items()])
    page = context.new_page()
    page.goto(f"{url}/accounts/login/")
    page.locator(f"form[action='/persona/{picture.who}/'] button").click()
    page.wait_for_url("**/c/**")
    page.goto(url + picture.path, wait_until="load")
    page.wait_for_timeout(1500)  # charts are drawn, the room is open
    taken = page.screenshot()
    context.close()
    return taken


def main(url: str) -> None:
    """Write every picture, in few colours so that the repository stays small."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            image = Image.open(io.BytesIO(take(browser, url, picture))).convert("RGB")
            image.quantize(200, dither=Image.Dither.NONE).save(FOLDER / f"{picture.name}.png", optimize=True)
            print(f"docs/screenshots/{picture.name}.png")
        browser.close()


if __name__ == "__main__":
    main((sys.argv[1:] or ["http://127.0.0.1:8000"])[0].rstrip("/"))
