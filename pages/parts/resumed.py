"""A browser that comes back to a restarted server still holds what was typed while it was away. The new session must not put
the older draft over it."""

from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.state.common import user_key_from_element_id


def held(prefix: str) -> set[str]:
    """Keys under this prefix whose values the browser sent along with its first word to this session."""
    context = get_script_run_ctx(suppress_warning=True)
    states = context.session_state.get_widget_states() if context else []
    keys = {user_key_from_element_id(one.id) for one in states if one.WhichOneof("value")}
    return {key for key in keys if key and key.startswith(prefix)}
