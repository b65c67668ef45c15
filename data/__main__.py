"""`python -m data`: what is done at the terminal."""

import sys

from data import migrations

if sys.argv[1:] == ["migrate"]:
    migrations.upgrade()
