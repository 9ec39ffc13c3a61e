"""Papers and listings together."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.papers.conftest import Story
from tests.world import World


@pytest.fixture
def story(app: Flask, world: World) -> Story:
    """Papers on the small world."""
    return Story(app, world)
