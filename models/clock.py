"""The one place that reads the machine's clock. `Current` carries a clock, so that a test or the demonstration can set it."""

import datetime as dt

FOREVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def now() -> dt.datetime:
    """This instant, aware, in UTC."""
    return dt.datetime.now(dt.UTC)
