"""The server: Streamlit around pages/frame.py, the gate before it, our plain routes beside it.

`streamlit run app.py` and `uvicorn app:app` both start it.
"""

import streamlit as st
from starlette.middleware import Middleware

from pages.server import displays, errors, files, gate, handoff, health, index, lighter, log, session, startup

log.to_stderr_as_json()
errors.one_line_each()
startup.no_pages_folder()
startup.tighten_uvicorn()
startup.switch_often()
handoff.take()
lighter.take()

app = st.App(
    "pages/frame.py",
    lifespan=startup.lifespan,
    routes=[*session.routes, *displays.routes, *health.routes, *files.routes, *index.routes],
    middleware=[Middleware(gate.Gate)],
    on_script_error=errors.failed,
)
