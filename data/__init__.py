"""What the app starts from and keeps: catalogues, translations, migrations, the demonstration world, backups."""


class Failed(Exception):
    """It was tried and went wrong, or what was looked at is not in order."""


class Refused(Exception):
    """It was not even tried, and the message says what to do instead."""
