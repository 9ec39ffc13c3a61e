"""The public API: the lists of the pages, described by its own document, and never a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.api import rules, views
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.core import clock, shelf
from tests.conftest import NOW
from tests.reports.story import verified
from tests.sharing.test_queries import every_kind, secrets
from tests.statements import statements
from tests.world import World

LISTINGS, RESULTS = "/api/v1/listings", "/api/v1/results"


@pytest.fixture(autouse=True)
def _much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of lists ask more than anyone may."""
    monkeypatch.setattr(views, "LIMIT", views.Limit("api", 1_000_000, timedelta(minutes=1)))


# ------------------------------------------------------------ a validator of the schemas we write

TYPES = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict, "null": type(None),
}  # fmt: skip
KNOWN = {
    "type", "enum", "properties", "required", "additionalProperties", "items", "format", "minimum", "maximum", "maxLength",
    "description", "default", "examples", "$ref",
}  # fmt: skip


def faults(value: Any, schema: dict, document: dict, path: str = "$") -> Iterator[str]:
    """What in ``value`` does not fit; the words of JSON Schema the document uses, and no others."""
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    fits = any(
        isinstance(value, TYPES[t]) and (t == "boolean" or not isinstance(value, bool))
        for t in types
    )
    if not fits:
        yield f"{path}: {value!r} is no {types}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get(
        "maximum", value
    ):
        yield f"{path}: {value}"
    if isinstance(value, str) and schema.get("format") == "date":
        date.fromisoformat(value)
    if isinstance(value, str) and schema.get("format") == "date-time":
        assert datetime.fromisoformat(value).tzinfo
    if (
        isinstance(value, str)
        and schema.get("format") == "uri"
        and not value.startswith("http://localhost/")
    ):
        yield f"{path}: {value}"
    if isinstance(value, dict):
        yield from (
            f"{path}.{name} is missing" for name in schema.get("required", ()) if name not in value
        )
        for name, inner in value.items():
            if name in schema["properties"]:
                yield from faults(inner, schema["properties"][name], document, f"{path}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{path}.{name} is not described"
    if isinstance(value, list):
        for at, inner in enumerate(value):
            yield from faults(inner, schema["items"], document, f"{path}[{at}]")


def document(client: FlaskClient) -> dict:
    return client.get("/api/v1/openapi.json").get_json()


def fits(client: FlaskClient, path: str, template: str | None = None) -> dict:
    """An answer that is as the document says."""
    answer = client.get(path)
    whole = document(client)
    operation = whole["paths"][template or path.partition("?")[0]]["get"]
    described = operation["responses"][str(answer.status_code)]["content"]
    ((media_type, content),) = described.items()
    assert answer.mimetype == media_type
    body = answer.get_json()
    assert list(faults(body, content["schema"], whole)) == []
    return body


# ------------------------------------------------------------ lists


def test_all_kinds_together_the_newest_first(client: FlaskClient, world: World) -> None:
    made = [listing.public_id for listing in every_kind(world)]
    secrets(world)
    body = fits(client, LISTINGS)
    assert [item["id"] for item in body["items"]] == made[::-1]
    assert (body["total"], body["page"], body["pages"]) == (len(made), 1, 1)
    assert {item["kind"] for item in body["items"]} == set(PAGES)


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize(
    "query", ["", "q=rau", "q=duoc lieu", "sort=name", "sort=ten", "sort=newest"]
)
def test_a_kind_is_the_list_of_its_page(
    client: FlaskClient, world: World, kind: str, query: str
) -> None:
    every_kind(world)
    body = fits(client, f"{LISTINGS}?kind={kind}&{query}")
    name, _, value = query.partition("=")
    asked = {"q": {"q": [value]}, "sort": {"sap": [rules.SORT_ALIASES.get(value, value)]}}.get(
        name, {}
    )
    page = Lists(world.pair).page(Wished.read(PAGES[kind].spec, asked))
    assert [item["id"] for item in body["items"]] == [card.public_id for card in page.items]
    assert body["total"] == page.total
    assert client.get(f"{LISTINGS}?kind={PAGES[kind].spec.section}&{query}").get_json() == body


def test_words_find_all_kinds_in_one_order(client: FlaskClient, world: World) -> None:
    """What is written exactly so first, then titles, then the newest, whichever kind it is."""
    start = clock.now()
    made = {}
    for minutes, (name, make, changes) in enumerate(
        [
            ("goods", world.published, {"title": "Gừng sẻ", "description": "Củ nhỏ."}),
            ("text", world.need, {"title": "Rau", "description": "Và gừng."}),
            ("other", world.tourism, {"title": "Gùng", "description": "Thăm làng."}),
            ("plan", world.opportunity, {"title": "Trồng gừng"}),
            ("late", world.published, {"title": "Trà gừng"}),
            ("last", world.tourism, {"title": "Lễ hội", "description": "Có gùng."}),
        ]
    ):
        with clock.at(start + timedelta(minutes=minutes)):
            made[make(**changes).public_id] = name
    body = fits(client, f"{LISTINGS}?q=gừng")
    assert [made[item["id"]] for item in body["items"]] == [
        "late", "plan", "goods", "text", "other", "last",
    ]  # fmt: skip
    one_by_one = [
        client.get(f"{LISTINGS}?q=gừng&size=1&page={n}").get_json()["items"][0]["id"]
        for n in range(1, body["total"] + 1)
    ]
    assert one_by_one == [item["id"] for item in body["items"]]
    beyond = fits(client, f"{LISTINGS}?q=gừng&page=9")
    assert (beyond["items"], beyond["total"]) == ([], 6)
    assert fits(client, f"{LISTINGS}?q=中文")["total"] == 0
    assert fits(client, f"{LISTINGS}?q=gừng khongco")["total"] == 0


def test_words_cost_the_same_however_much_they_find(client: FlaskClient, world: World) -> None:
    def cost() -> int:
        client.get("/gioi-thieu")
        shelf._shelves.clear()
        with statements() as seen:
            assert client.get(f"{LISTINGS}?q=gung").status_code == 200
        return len(seen)

    world.published(title="Gừng")
    first = cost()
    for make in (world.published, world.need, world.tourism, world.published):
        make(title="Gừng sẻ")
    assert cost() == first


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=produce&group=herbs", 1), ("kind=produce&nhom=herbs&nhom=tea", 1), ("kind=produce&group=honey", 0),
        ("kind=produce&month=11&month=6", 1), ("kind=produce&thang=6", 0),
        ("kind=produce&thon=crtoonh", 1), ("kind=opportunity&sector=wood", 1), ("kind=opportunity&capital=chua-neu", 1),
        ("kind=need&seeking=investment", 1), ("kind=tourism&form=homestay&language=vi", 1), ("kind=produce&papers=con-han", 0),
    ],
)  # fmt: skip
def test_filters_by_both_names(client: FlaskClient, world: World, query: str, count: int) -> None:
    every_kind(world)
    assert fits(client, f"{LISTINGS}?{query}")["total"] == count


def test_pages_add_up(client: FlaskClient, world: World) -> None:
    for n in range(53):
        world.published(title=f"Rau {n:02}")
    for kind in ("", "&kind=produce"):
        seen: list[str] = []
        for number in range(1, 5):
            body = client.get(f"{LISTINGS}?size=20&page={number}{kind}").get_json()
            assert (body["total"], body["pages"], body["page"]) == (53, 3, number)
            seen += [item["id"] for item in body["items"]]
        assert len(seen) == len(set(seen)) == 53
        assert client.get(f"{LISTINGS}?page=10000{kind}").get_json()["items"] == []


def test_one_listing(client: FlaskClient, world: World) -> None:
    for listing in every_kind(world):
        body = fits(client, f"{LISTINGS}/{listing.public_id}", LISTINGS + "/{id}")
        assert (body["title"], body["url"]) == (listing.title, f"http://localhost{listing.path}")
    for listing in secrets(world):
        body = fits(client, f"{LISTINGS}/{listing.public_id}", LISTINGS + "/{id}")
        assert body["status"] == 404


def test_whoever_asks_sees_the_same(browse, client: FlaskClient, world: World) -> None:
    every_kind(world)
    secrets(world)
    for who in ("ward_official_1", "coop", "hotel"):
        signed_in = browse(who).client
        for path in (LISTINGS, f"{LISTINGS}?kind=need", f"{LISTINGS}?q=nhu cau", RESULTS):
            assert signed_in.get(path).data == client.get(path).data


# ------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("foo=1", "foo"), ("kind=x", "kind"), ("nhom=herbs", "nhom"), ("kind=produce&sector=wood", "sector"),
        ("kind=produce&group=x", "group"), ("kind=produce&month=13", "month"),
        ("kind=produce&village=nowhere", "crtoonh"), ("kind=produce&village=Ta%20Lang", "ta-lang"), ("kind=tourism&thon=x", "thon"), ("page=0", "page"), ("page=-1", "page"),
        ("page=x", "page"), ("page=1.5", "page"), ("page=99999999999999999999", "page"), ("page=١", "page"),
        ("size=51", "size"), ("size=0", "size"), ("page=1&page=2", "page"), ("q=a&q=b", "q"), ("q=%00", "q"),
        ("q=" + "x" * 201, "q"), ("sort=price", "sort"), ("kind=produce&sort=closing", "sort"), ("q=a&sort=price", "sort"),
        ("page[]=1", "page[]"), ("lang=fr", "lang"), ("kind=produce&kind=need", "kind"), ("%00=1", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_named(
    client: FlaskClient, world: World, query: str, named: str
) -> None:
    body = fits(client, f"{LISTINGS}?{query}")
    assert body["status"] == 400
    assert named in body["detail"]


@pytest.mark.parametrize(
    "query",
    ["indicator=x", "from=2020Q1", "to=x", "page=0", "kind=produce", "from=2026Q4&from=2026Q4"],
)
def test_results_refuse_too(client: FlaskClient, world: World, query: str) -> None:
    assert fits(client, f"{RESULTS}?{query}")["status"] == 400


def test_refusals_are_told_in_the_language_asked_for(client: FlaskClient, world: World) -> None:
    for language in ("vi", "en"):
        answer = client.get(f"{LISTINGS}?foo=1&lang={language}")
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nothing", "/api/", f"{LISTINGS}/x", f"{LISTINGS}/222222bbbb", f"{LISTINGS}/../x"],
)
def test_what_is_not_there_is_told_to_programs(
    client: FlaskClient, world: World, path: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json()["status"] == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_written(client: FlaskClient, world: World, method: str) -> None:
    answer = getattr(client, method)(LISTINGS)
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "q",
                "kind",
                "sort",
                "page",
                "size",
                "lang",
                "nhom",
                "group",
                "thang",
                "thon",
                "von",
                "x",
            ]
        ),
        st.one_of(
            st.text(max_size=30), st.sampled_from(["produce", "need", "1", "newest", "herbs"])
        ),
        max_size=4,
    )
)
def test_there_is_never_a_fault(client: FlaskClient, world: World, query: dict[str, str]) -> None:
    assert client.get(LISTINGS, query_string=query).status_code in {200, 400}


# ------------------------------------------------------------ manners


def test_what_one_has_is_not_sent_again(client: FlaskClient, world: World) -> None:
    listing = world.published()
    paths = (
        LISTINGS,
        f"{LISTINGS}?kind=produce",
        f"{LISTINGS}/{listing.public_id}",
        RESULTS,
        "/api/v1/openapi.json",
    )
    tags = {path: client.get(path).headers["ETag"] for path in paths}
    for path, tag in tags.items():
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    world.published(title="Tin mới")
    for path in paths[:2]:
        assert client.get(path, headers={"If-None-Match": tags[path]}).status_code == 200


def test_only_the_api_is_open_to_other_sites(client: FlaskClient, world: World) -> None:
    assert client.get(LISTINGS).headers["Access-Control-Allow-Origin"] == "*"
    for path in ("/", "/nong-san", "/du-lieu", "/nong-san.atom", "/dang-nhap", "/khong-co"):
        assert "Access-Control-Allow-Origin" not in client.get(path).headers


def test_too_many_requests_wait(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LIMIT", views.Limit("api", 3, timedelta(minutes=1)))
    for _ in range(3):
        assert client.get(RESULTS).status_code == 200
    answer = client.get(RESULTS)
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert answer.headers["Retry-After"] == "60"
    assert answer.get_json()["status"] == 429
    assert client.get("/nong-san").status_code == 200
    with clock.at(NOW + timedelta(seconds=61)):
        assert client.get(RESULTS).status_code == 200


def test_the_document_describes_every_address(client: FlaskClient, app, world: World) -> None:
    whole = document(client)
    assert whole["openapi"] == "3.1.0"
    routes = {
        re.sub(r"<[^>]*>", "{id}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.description"
    }
    assert set(whole["paths"]) == routes
    ids = [operation["get"]["operationId"] for operation in whole["paths"].values()]
    assert len(ids) == len(set(ids))
    named = {p["name"] for p in whole["paths"][LISTINGS]["get"]["parameters"]}
    for page in PAGES.values():
        assert {facet.name for facet in page.spec.facets} <= named
    english = client.get("/api/v1/openapi.json?lang=en").get_json()
    assert english["paths"].keys() == whole["paths"].keys()


# ------------------------------------------------------------ results


def test_only_verified_figures_and_no_single_sums(client: FlaskClient, world: World) -> None:
    verified(world)
    body = fits(client, RESULTS)
    assert body["total"] == len(body["items"]) > 0
    for item in body["items"]:
        assert (item["amount"] is None) == (item["unit"] == "VND")
        assert client.get(item["url"].removeprefix("http://localhost")).status_code == 200
    one = fits(client, f"{RESULTS}?indicator=hoan-thanh")
    assert {item["indicator"] for item in one["items"]} == {"deals_done"}
    assert fits(client, f"{RESULTS}?indicator=deals_done")["items"] == one["items"]
    assert fits(client, f"{RESULTS}?from=2025Q3&to=2025Q3")["total"] == 0
    assert [
        i["id"] for n in (1, 2) for i in fits(client, f"{RESULTS}?size=1&page={n}")["items"]
    ] == [i["id"] for i in body["items"][:2]]
