"""The real server around a frame with one of everything that an attacker or a browser needs. `streamlit run` starts it."""

import streamlit as st

import app as house

app = st.App(
    "frame.py",
    lifespan=house.app._user_lifespan,
    routes=house.app._user_routes,
    middleware=house.app._user_middleware,
    on_script_error=house.app._on_script_error,
)
