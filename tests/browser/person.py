"""A person of a journey: what they open, fill in and press; every page they meet is looked at."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from babel.support import Translations
from playwright.sync_api import Locator, Page

from marketplace.notifications import mailbox
from tests.browser.conftest import ROOT, Site, Visitor, onward

PATIENCE = 90.0
"""Seconds to wait for a mail, on a machine that does other work as well."""
SENTENCE = re.compile(r"\S+ \S.*[.?!”]", re.DOTALL)
MAIN_BUTTON = "main form.form :is(.btns, .stickycta) > button.btn:not(.btn--quiet)"


def fill(scope: Page | Locator, **values: object) -> None:
    """Fill in fields by name, whatever kind they are; True ticks a box, a path is a file."""
    for name, value in values.items():
        found = scope.locator(f"[name='{name}']")
        first = found.first
        unfold(first)
        kind = str(first.evaluate("field => field.tagName + ':' + field.type"))
        if isinstance(value, Path):
            first.set_input_files(value)
        elif value is True:
            first.check(force=True)
        elif kind.startswith("SELECT"):
            first.select_option(str(value))
        elif kind.endswith((":radio", ":checkbox")):
            scope.locator(f"[name='{name}'][value='{value}']").check(force=True)
        elif kind.endswith(":date"):
            day, month, year = str(value).split("/")
            first.fill(f"{year}-{month}-{day}")
        else:
            first.fill(str(value))


def unfold(inside: Locator) -> None:
    """Open whatever is folded around something."""
    for fold in inside.locator("xpath=ancestor::details[not(@open)]").all():
        fold.locator("> summary").click()


class Letters:
    """The mails kept as files from now on; each is taken up once."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.folder = site.instance / "mails"
        self.seen = {path.stem for path in self.folder.glob("*.eml")}
        self.waiting: list[mailbox.KeptMail] = []

    def link(self, to: str, subject: str, **words: object) -> str:
        """Wait for the mail with this subject, named by its message id; the first path it names."""
        translated = Translations.load(ROOT / "translations", ["vi"]).gettext(subject)
        wanted = {subject % words, translated % words}
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self._fetch()
            for mail in self.waiting:
                if mail.to == to and mail.subject in wanted:
                    self.waiting.remove(mail)
                    found = re.search(re.escape(self.site.url) + r"(/\S+)", mail.text)
                    assert found, mail.text
                    return found[1]
            time.sleep(0.2)
        told = [(mail.to, mail.subject) for mail in self.waiting]
        raise AssertionError(f"no mail to {to}: {wanted}, but {told}")

    def _fetch(self) -> None:
        new = {path.stem for path in self.folder.glob("*.eml")} - self.seen
        self.seen |= new
        self.waiting += [mailbox.one(self.folder, name) for name in sorted(new)]


@dataclass
class Person:
    """Someone with an account at a browser; signs in whenever a page asks for it."""

    identifier: str
    password: str
    visitor: Visitor
    width: int
    language: str
    letters: Letters

    @property
    def page(self) -> Page:
        """The page before them."""
        return self.visitor.page

    @property
    def path(self) -> str:
        """Where they are."""
        return urlsplit(self.page.url).path

    def go(self, path: str) -> Page:
        """Open a page, through the sign-in where it is asked for, and look at it."""
        self.visitor.go(path)
        if self.path == "/dang-nhap":
            fill(self.page.locator("main"), identifier=self.identifier, password=self.password)
            self.click(self.page.locator("main form button.btn:not([type=button])").first)
            assert self.path == urlsplit(path).path, f"{self.identifier}: {self.page.url}"
        return self.look()

    def follow(self, subject: str, **words: object) -> Page:
        """Open what a mail to them leads to."""
        return self.go(self.letters.link(self.identifier, subject, **words))

    def look(self) -> Page:
        """Every page has its language, a title, one heading and no sideways scroll."""
        page = self.page
        assert page.locator("html").get_attribute("lang") == self.language, page.url
        assert page.title(), page.url
        headings = page.locator("main h1").all_inner_texts()
        assert len(headings) == 1, f"{page.url}: {headings}"
        assert headings[0].strip(), page.url
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.width, f"{page.url} scrolls sideways: {wide} px"
        return page

    def click(self, button: Locator) -> Page:
        """Press what leads to another page, and look at that."""
        onward(self.page, button)
        return self.look()

    def send(self, **values: object) -> Page:
        """Fill in the page's form and press its main button; it must be taken."""
        form = self.page.locator("main form.form").last
        fill(form, **values)
        self.click(self.page.locator(MAIN_BUTTON).last)
        assert not self.refusals(), f"{self.page.url}: {self.refusals()}"
        return self.page

    def press(self, action: str, **why: object) -> Page:
        """Make a move by the end of its address, on the page or on a page of its own."""
        form = self._leading_to("form", "action", action)
        if not form.count():
            link = self._leading_to("a", "href", action)
            unfold(link)
            self.click(link)
            return self.send(**why)
        unfold(form.locator("button").last)
        fill(form, **why)
        self.click(form.locator("button").last)
        assert not self.refusals(), f"{self.page.url}: {self.refusals()}"
        return self.page

    def _leading_to(self, tag: str, attribute: str, end: str) -> Locator:
        found = (f"main {tag}[{attribute}{how}]" for how in (f"$='/{end}'", f"*='/{end}?'"))
        return self.page.locator(", ".join(found)).first

    def refusals(self) -> list[str]:
        """What the form before them was refused for; each must read as a sentence."""
        return sentences(self.page.locator("main .errsum li"))

    def missing(self) -> list[str]:
        """What the moves before them still lack; each must read as a sentence."""
        return sentences(self.page.locator("main .acts__why li, main .notice li"))

    def refused(self, path: str, status: int) -> str:
        """Open what is not theirs or not now; the sentence that says so."""
        answer = self.page.goto(self.visitor.site.url + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        said = [text.strip() for text in self.look().locator("main p").all_inner_texts()]
        found = [text for text in said if SENTENCE.fullmatch(text)]
        assert found, said
        return found[0]

    def download(self, link: str, folder: Path) -> Path:
        """Press a link that hands over a file; where it is kept."""
        with self.page.expect_download() as coming:
            self.page.locator(f"main a[href$='{link}']").first.click()
        kept = folder / coming.value.suggested_filename
        coming.value.save_as(kept)
        return kept


def sentences(found: Locator) -> list[str]:
    """The words of these, each a sentence."""
    texts = [text.strip() for text in found.all_inner_texts() if text.strip()]
    bad = [text for text in texts if not SENTENCE.fullmatch(text)]
    assert not bad, bad
    return texts
