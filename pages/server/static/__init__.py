"""Our own few static files."""

from pathlib import Path

_HERE = Path(__file__).parent
LOGO = str(_HERE / "logo.svg")  # emblem and name, white on a dark ground: st.logo
EMBLEM = str(_HERE / "bieu-trung.svg")  # the emblem alone
