"""The forms of a page, read as a browser would: what each field holds when the page is opened."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.page import Document

TEXTS = frozenset({"text", "tel", "email", "search", "url", "textarea", "password"})


@dataclass
class Input:
    """One field: its kind, what it holds, and for a choice what can be chosen."""

    kind: str
    values: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)

    @property
    def is_typed(self) -> bool:
        """Whether people type into it."""
        return self.kind in TEXTS


@dataclass
class PageForm:
    """A form, its address and fields."""

    action: str
    method: str
    id: str = ""
    inputs: dict[str, Input] = field(default_factory=dict)

    @property
    def content(self) -> set[str]:
        """The fields people see, files aside."""
        return {n for n, one in self.inputs.items() if one.kind not in {"hidden", "file"}}


class Forms(Document):
    """Reads a page; ``read`` holds its forms."""

    def __init__(self, html: str) -> None:
        self.read: list[PageForm] = []
        self._select: Input | None = None
        self._text: Input | None = None
        self._summary = 0
        self.summary: list[str] = []
        self._presses: dict[str, tuple[str, str, str]] = {}
        super().__init__(html)
        for form in self.read:  # a form of buttons that stand elsewhere and say where it goes
            if form.id in self._presses:
                form.action, name, value = self._presses[form.id]
                form.inputs.setdefault(name, Input("hidden", [value]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        super().handle_starttag(tag, attrs)
        if "errsum" in (values.get("class") or "").split():
            self._summary = len(self.open)
        if tag == "form":
            method = (values.get("method") or "get").lower()
            self.read.append(PageForm(values.get("action") or "", method, values.get("id") or ""))
        if tag == "button" and values.get("formaction") and values.get("form"):
            press = (values["formaction"], values.get("name") or "", values.get("value") or "")
            self._presses.setdefault(values["form"], press)
        inside = self._form is not None and self.read
        name = values.get("name")
        if inside and name and tag in {"input", "select", "textarea"}:
            kind = (values.get("type") or "text") if tag == "input" else tag
            found = self.read[-1].inputs.setdefault(name, Input(kind))
            value = values.get("value") or ("on" if kind == "checkbox" else "")
            if kind in {"checkbox", "radio"}:
                found.choices.append(value)
                if "checked" in values:
                    found.values.append(value)
            elif tag == "select":
                self._select = found
            elif tag == "textarea":
                self._text = found
                found.values = [""]
            else:
                found.values = [value]
        if tag == "option" and self._select is not None:
            value = values.get("value") or ""
            self._select.choices.append(value)
            if "selected" in values:
                self._select.values = [value]

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        if tag == "select":
            self._select = None
        if tag == "textarea" and self._text is not None:
            # the first line break after the tag is not content, as in browsers
            self._text.values = [self._text.values[0].removeprefix("\r").removeprefix("\n")]
            self._text = None
        if self._summary and len(self.open) < self._summary:
            self._summary = 0

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if self._text is not None:
            self._text.values[0] += data
        if self._summary and "li" in self.open and data.strip():
            self.summary.append(data.strip())
