"""What the tests of all pages have in common: nothing is kept from test to test but what is the same for all of them."""

import functools
from collections.abc import Iterator

import pytest
from streamlit.components.v2 import manifest_scanner

from pages.parts import kept


@pytest.fixture(scope="session", autouse=True)
def _components_are_looked_for_once() -> Iterator[None]:
    """Every `AppTest` reads the papers of each installed package, whether it brings a component: longer than most pages take."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Figures are kept by the database's address, which the tests before had too."""
    kept.forget()
