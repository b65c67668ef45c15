"""Questions to the database from the server's event loop, which must not wait for an answer itself."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Our own threads: the shared ones also serve Streamlit's files, and a full queue there would keep people out.
_threads = ThreadPoolExecutor(16, thread_name_prefix="asking")


async def ask(question: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: question(*args, **kwargs))
