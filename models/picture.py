"""A chart as a picture for a letter or a report: .svg or .png, drawn here, offline, in a type that has every Vietnamese letter.

The drawing is done by a process of its own: its engine holds 90 MiB and a second of a core, which the server should neither
keep nor wait for while people click. This file is that process too, so it imports nothing of the house.
"""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

SVG, PNG = "svg", "png"
FONT = "Source Sans Pro"  # the screen's own; vl-convert's are without half of the Vietnamese letters
SHARP = 2.0  # pixels of a .png for one of the drawing: for print
PATIENCE = 60  # seconds
_one_at_a_time = threading.Semaphore(1)


def draw(spec: dict[str, Any], kind: str) -> bytes:
    """The picture of a Vega-Lite drawing that carries its rows."""
    command = [sys.executable, "-I", str(Path(__file__)), kind]
    with _one_at_a_time:
        done = subprocess.run(  # noqa: S603 - our own words
            command, input=json.dumps(spec).encode(), capture_output=True, timeout=PATIENCE, check=False
        )
    if done.returncode:
        raise RuntimeError(f"the chart could not be drawn: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout


def _drawn(spec: dict[str, Any], kind: str) -> bytes:
    import font_source_sans_pro
    import vl_convert

    vl_convert.register_font_directory(font_source_sans_pro.font_directory)
    spec = spec | {"config": {**spec.get("config", {}), "font": FONT}}
    if kind == PNG:
        return vl_convert.vegalite_to_png(spec, scale=SHARP, allowed_base_urls=[])
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).encode()


if __name__ == "__main__":
    sys.stdout.buffer.write(_drawn(json.load(sys.stdin), sys.argv[1]))
