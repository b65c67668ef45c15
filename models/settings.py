"""Configuration by environment variables, with a default for everything."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / "data" / "local"


class Settings(BaseSettings):
    """What an installation may set. Each field is the environment variable of the same name in capitals."""

    database_url: str = Field(
        default=f"sqlite:///{LOCAL / 'bon_an_toan.sqlite3'}",
        description="Where the records are: sqlite:///… or postgresql://… (PostgreSQL 16 or newer).",
    )
    files_url: str = Field(
        default=(LOCAL / "files").as_uri(), description="Where attachments are kept (any fsspec address)."
    )
    public_url: str = Field(
        default="http://localhost:8501",
        description="The address people type. Over https the cookie is Secure and __Host-.",
    )
    smtp_url: str = Field(
        default="",
        description="The mail server, smtp://user:password@host:587 or smtps://host:465; empty: no mail is sent.",
    )
    mail_from: str = Field(
        default="", description="The address that letters come from; bon-an-toan@ the public host when unset."
    )
    secret_key: str = Field(default="", description="32 bytes or more; made on first start in data/local/ when unset.")

    @property
    def https(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"


settings = Settings()


def secret_key() -> str:
    """The key that signs what leaves the house; made once, readable by its owner only."""
    if settings.secret_key:
        return settings.secret_key
    file = LOCAL / "secret-key"
    LOCAL.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text()
    with os.fdopen(handle, "w") as new:
        new.write(secrets.token_urlsafe(48))
    return file.read_text()
