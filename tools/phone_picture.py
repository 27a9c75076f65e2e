"""The picture of a page: python -m tools.phone_picture > docs/terminal-phone.svg"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from ivr.phone_screen import PhoneScreen
from ivr.project import Ground
from ivr.testing.handset import Handset

FLOW = "flows/auto_attendant.yaml"
KEYS = ("g", "1", "g", "down", "b")
SIZE = (100, 28)
# What a picture in a page does not need: fonts of the web, and the spaces between the words.
_NEEDLESS = re.compile(
    r"@font-face \{.*?\}|<!--.*?-->|<text [^>]*>(?:&#160;)*</text>"
    r"|<clipPath id=\S*line-.*?</clipPath>| clip-path=\"url\(#\S*line-[0-9]+\)\"|(?<=\n)\s+",
    re.DOTALL,
)


async def picture() -> str:
    """The phone in the middle of a call, as SVG."""
    ground = Ground.read(Path("ivr.yaml")).of_others()
    texts = ground.catalogue.texts("en") if ground.catalogue else {}
    screen = PhoneScreen(Handset(ground.load_one(Path(FLOW)), texts=texts))
    async with screen.run_test(size=SIZE) as pilot:
        await pilot.press(*KEYS)
        return screen.export_screenshot(title=f"ivr call {FLOW}", simplify=True)


def small(svg: str) -> str:
    """*svg* without what it does not need."""
    name = re.search(r"terminal-[0-9]+", svg)
    found = _NEEDLESS.sub("", svg.replace(name[0], "t") if name else svg)
    return re.sub(r"\n+", "\n", found) + "\n"


if __name__ == "__main__":
    print(small(asyncio.run(picture())), end="")
