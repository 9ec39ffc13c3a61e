"""Faces hold what everyone may copy, for every kind, and nothing else."""

from __future__ import annotations

from marketplace.sharing import queries


def test_smoke(world):
    p = world.published()
    o = world.opportunity()
    n = world.need()
    t = world.tourism()
    b = world.need(values=world.brief_values(), who="investor")
    for one in (p, o, n, t, b):
        f = queries.face(one.public_id)
        assert f.path == one.path
        print(f)
    assert queries.newest(world.pair, 0, 10)
    print(queries.counts(world.pair))
