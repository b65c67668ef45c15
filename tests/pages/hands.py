"""What a person does on a page beside clicking and typing: open what is shut."""

from typing import Any


def opened(at: Any, key: str) -> Any:
    """The page with the popover of a small form open (`key` as its fields have it, without `.open`)."""
    at.session_state[f"{key}.open"] = True
    return at.run()


def turned(at: Any, key: str, name: str) -> Any:
    """The page with the tab of that name open."""
    tabs = [one for one in at.tabs if one.label.partition(" (")[0] == name]
    assert tabs, f"no tab is called {name}"
    at.session_state[key] = tabs[0].label
    return at.run()
