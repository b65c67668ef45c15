"""What went wrong goes to the log, whole, on one line; the person gets a number to quote."""

import contextlib
import logging
import secrets
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from models import account
from models.access import Current
from pages.server.log import described

_log = logging.getLogger("bon_an_toan")
# Not in the translations: these must come out even when whatever fails is what the translations need.
SENTENCES = {
    "vi": "Có lỗi ngoài dự kiến; thao tác này chưa hoàn tất. Hãy tải lại trang và thử lại. "
    "Nếu vẫn lỗi, báo quản trị viên mã {number}.",
    "en": "Something went wrong and this step was not completed. Reload the page and try again. "
    "If it fails again, give your administrator the number {number}.",
}


def report(error: BaseException) -> str:
    """Log the error once and return its incident number. Asked again for the same error, it returns the same number."""
    known: str | None = getattr(error, "incident", None)
    if known:
        return known
    number = f"SC-{secrets.token_hex(3).upper()}"
    with contextlib.suppress(AttributeError):
        error.incident = number  # type: ignore[attr-defined]
    _log.error("incident %s", number, extra={"facts": {"incident": number} | _where() | described(error)})
    return number


def failed(error: Exception) -> bool:
    """Streamlit's hook for what a script, a fragment or a callback did not catch: the number stands there instead."""
    st.error(SENTENCES[_language()].format(number=report(error)), icon=":material/error:")
    return True


def _where() -> dict[str, Any]:
    """The page and who was there. Asking must not fail: the database may be what is broken."""
    ctx = get_script_run_ctx(suppress_warning=True)
    if ctx is None:
        return {}
    page = ctx.pages_manager.get_pages().get(ctx.page_script_hash)
    who = _who()
    return {
        "page": f"/{page.get('url_pathname', '') if page else ''}",
        "organisation_id": who.organisation_id if who else None,
        "account_id": who.account_id if who else None,
    }


def _who() -> Current | None:
    try:
        return account.who(str(st.user.get("sid") or ""))
    except Exception:  # noqa: BLE001 - see _where
        return None


def _language() -> str:
    who = _who()
    return who.language if who and who.language in SENTENCES else "vi"


class _Once(logging.Filter):
    """Streamlit logs what a script did not catch before it calls the hook: that record becomes ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1]:
            report(record.exc_info[1])
            return False
        return True


def one_line_each() -> None:
    logging.getLogger("streamlit.error_util").addFilter(_Once())
