# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the tests of the whole product share."""

import pytest

from dev import database


@pytest.fixture
def name():
    """A clone of the product database."""
    name = database.clone("product")
    yield name
    database.drop(name)
