"""LibreOffice opens what this house writes, without complaint, and what it prints is all there."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from models import incident, paper
from models.incident import IncidentDraft
from tests.worlds import World, instant

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(
    not (SOFFICE and shutil.which("pdftotext")) and not os.environ.get("CI"),
    reason="no LibreOffice: apt-get install libreoffice-writer-nogui fonts-liberation poppler-utils",
)


def converted(file: Path, kind: str, home: Path) -> Path:
    """What LibreOffice makes of a file."""
    command = [str(SOFFICE), f"-env:UserInstallation={(home / 'office').as_uri()}", "--headless", "--convert-to", kind]
    done = subprocess.run(
        [*command, "--outdir", str(home), str(file)], capture_output=True, text=True, timeout=180, check=False
    )
    made = home / f"{file.stem}.{kind}"
    assert done.returncode == 0, done.stderr
    assert made.exists(), done.stdout + done.stderr
    return made


def pages(pdf: Path) -> list[str]:
    """The text of each page."""
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return [page for page in done.stdout.split("\f") if page.strip()]


def test_the_incident_record_opens_and_fills_its_pages(small_world: World, tmp_path: Path) -> None:
    course = "Cửa B mở chậm, khoảng 120 người dồn lại; bảo vệ mở thêm cửa C.\n" * 40
    draft = {"occurred_at": instant("2020-01-05T19:40"), "summary": "Chen lấn ở cửa B", "description": course}
    row = incident.report(small_world.alice, IncidentDraft.model_validate(draft))
    found = paper.record(replace(small_world.alice, is_demo=True), row.id)  # type: ignore[arg-type]
    file = tmp_path / "bien-ban.docx"
    file.write_bytes(paper.docx(found))
    text = pages(converted(file, "pdf", tmp_path))
    assert len(text) in (3, 4)
    assert text[0].split("\n")[0].strip() == "DỮ LIỆU MINH HỌA"
    for line in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BIÊN BẢN VỤ VIỆC",
        "VV-2020-0001",
    ):
        assert line in text[0]
    assert [page.split("\n")[0].strip() for page in text[1:]] == [str(at) for at in range(2, len(text) + 1)]
    assert all("DỮ LIỆU MINH HỌA" in page for page in text)
    assert "".join(text).count("bảo vệ mở thêm cửa C.") == 40
    last = text[-1]
    assert last.index("./.") < last.index("NGƯỜI CHỨNG KIẾN") < last.index("(Ký, ghi rõ họ tên)")
