"""`python -m data`: what is done at the terminal. Answers stand on standard output, everything else on standard error."""

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError

from data import Failed, Refused, migrations
from models import setup
from models.access import Invalid, NotFound, Refusal, Role
from models.settings import settings

OK, FAILED, USAGE, REFUSED = 0, 1, 2, 3
CODES = "Exit codes: 0 done · 1 failed, or not in order · 2 not understood · 3 refused, nothing was changed."
ABOUT = f"Operations of Bốn An Toàn, on the database that DATABASE_URL names.\n\n{CODES}"


# ---- the database ---------------------------------------------------------------------------------------------------------
def migrate(_words: argparse.Namespace) -> None:
    before = migrations.here()
    migrations.upgrade()
    after = migrations.here()
    note(f"The schema is at {after}, " + ("as before." if before == after else f"it was {before or 'empty'}."))


def demo(words: argparse.Namespace) -> None:
    from data import clear
    from data.demo import build

    clear.refuse_real()
    if words.reset:
        clear.demonstration()
    migrations.upgrade()
    try:
        made = build.build()
    except build.NotDemo as error:
        raise Refused(f"{error} (--reset throws a demonstration world away.)") from None
    note("The demonstration world is built." if made else "The demonstration world is already there.")
    accounts = build.accounts_file()
    if not accounts.exists():
        raise Failed(f"The file with its accounts is gone: {accounts}. Only --reset makes a new one.")
    print(accounts.read_text(encoding="utf-8").strip())


def scale(words: argparse.Namespace) -> None:
    from data.scale import build, houses
    from models import clock, password

    migrations.upgrade()
    if build.is_finished() is not None:
        raise Refused("This database holds organisations, or those of a big world that broke off. Take an empty one.")
    until = clock.now().replace(minute=0, second=0, microsecond=0)
    if words.until:
        until = dt.datetime.combine(words.until, dt.time.min, build.HERE).astimezone(dt.UTC)
    plain = password.one_time()
    counts = build.build(build.Size(words.organisations, words.incidents, words.seed, until), plain, note)
    note("Loaded: " + ", ".join(f"{table} {rows:,}" for table, rows in sorted(counts.items())))
    print(houses.write_accounts(plain, words.organisations).strip())
    note(f"This stands in {houses.accounts_file()} too.")


def backup(words: argparse.Namespace) -> None:
    from data import backup as room

    current()
    print(f"{words.file}: {room.write(words.file).count}")


def restore(words: argparse.Namespace) -> None:
    from data import backup as room

    manifest, answers = room.read(words.file, replace=words.replace)
    print(f"Restored the backup of {manifest.made_at}: {manifest.count}")
    report(answers)


def verify(_words: argparse.Namespace) -> None:
    from data import verify as room
    from models.database import as_owner

    current()
    with as_owner() as connection:
        report(room.everything(connection))


def report(answers: list) -> None:
    for answer in answers:
        print(answer)
    if any(answer.wrong for answer in answers):
        raise Failed("Not in order.")


def current() -> None:
    """Work on records needs the schema of this version."""
    if (here := migrations.here()) != migrations.head():
        state = "is empty" if here is None else f"has schema {here}, this version has {migrations.head()}"
        raise Refused(f"The database {state}. Run `python -m data migrate` first.")


# ---- accounts ---------------------------------------------------------------------------------------------------------------
def account_make(words: argparse.Namespace) -> None:
    current()
    password(words.account, setup.appoint(words.account, words.full_name, Role(words.role)))


def account_reset(words: argparse.Namespace) -> None:
    current()
    password(words.account, setup.reset(words.account))


def account_deactivate(words: argparse.Namespace) -> None:
    current()
    setup.deactivate(words.account)
    note(f"{words.account} can no longer sign in.")


def password(account: str, plain: str) -> None:
    note(f"One-time password of {account}, to be changed at the first sign-in (it is shown only here):")
    print(plain)


# ---- figures ----------------------------------------------------------------------------------------------------------------
def kpis(words: argparse.Namespace) -> None:
    from models.kpis import report as figures

    if words.last < words.first:
        parser().error("TO lies before FROM")
    current()
    found = figures(setup.at_terminal(words.organisation, Role.HEAD), words.first, words.last)
    print(json.dumps(found, ensure_ascii=False, separators=(",", ":")))


def send_mail(_words: argparse.Namespace) -> None:
    from models import mail

    if not settings.smtp_url:
        raise Refused("No mail server: SMTP_URL is empty.")
    current()
    done = mail.deliver()
    note(f"{done.letters} letter(s) sent, {done.refused} refused by the mail server.")
    if done.away:
        raise Failed(f"The mail server is away ({done.away}). What is left waits in the outbox.")


def rights(_words: argparse.Namespace) -> None:
    from data import rights as room

    print(room.table())


# ---- what may be said -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Word:
    """One argument of a command."""

    name: str
    help: str
    more: dict


@dataclass(frozen=True)
class Command:
    act: Callable[[argparse.Namespace], None]
    help: str
    words: tuple[Word, ...] = ()


def word(name: str, text: str, **more: object) -> Word:
    return Word(name, text, more)


def at_sign(text: str) -> str:
    if not all(text.partition("@")):
        raise argparse.ArgumentTypeError(f"{text!r} is not name@organisation")
    return text


def day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, such as 2019-09-01") from None


def count(text: str) -> int:
    """A whole number above nought."""
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


ACCOUNT = word("account", "the account, as name@organisation", metavar="NAME@ORG", type=at_sign)
ROLE = {"choices": [str(role) for role in Role if role is not Role.DISPLAY], "default": str(Role.ADMINISTRATOR)}
FILE = {"metavar": "FILE", "type": Path}
COMMANDS = {
    "migrate": Command(migrate, "bring the database to this version's schema (safe to repeat)"),
    "demo": Command(
        demo,
        "fill an empty database with the demonstration world and print its accounts",
        (word("--reset", "throw the demonstration world away first", action="store_true"),),
    ),
    "scale": Command(
        scale,
        "fill an empty database with the big world, to measure on: invented organisations over ten years",
        (
            word("--organisations", "how many keep records (default 200)", type=count, default=200),
            word("--incidents", "how many, over all of them (default 1,000,000)", type=count, default=1_000_000),
            word("--seed", "the same one gives the same world (default 1)", type=count, default=1),
            word("--until", "the day before which it ends (default: this hour)", type=day, metavar="DAY"),
        ),
    ),
    "account make": Command(
        account_make,
        "open an account and print its one-time password",
        (
            ACCOUNT,
            word("--role", "what the account may do (default: administrator)", **ROLE),
            word("--full-name", "the person's name (default: the account's)", default=""),
        ),
    ),
    "account reset": Command(
        account_reset, "print a new one-time password; sign-ins end and a lock is lifted", (ACCOUNT,)
    ),
    "account deactivate": Command(account_deactivate, "let an account sign in no more; its sign-ins end", (ACCOUNT,)),
    "kpis": Command(
        kpis,
        "print an organisation's figures of a period as JSON",
        (
            word("organisation", "the organisation's code", metavar="ORG"),
            word("first", "first day, as 2019-09-01", metavar="FROM", type=day),
            word("last", "last day, included", metavar="TO", type=day),
        ),
    ),
    "backup": Command(
        backup,
        "write records and attachments into one new file, while the app runs",
        (word("file", "where to", **FILE),),
    ),
    "restore": Command(
        restore,
        "put a backup in place of an empty database, and check it",
        (
            word("file", "a backup of the same kind of database", **FILE),
            word("--replace", "the database holds records: replace them", action="store_true"),
        ),
    ),
    "verify": Command(verify, "check history chains, foreign keys and attachments"),
    "send-mail": Command(send_mail, "send what waits in the outbox (the running server does so by itself)"),
    "rights": Command(rights, "print the table of rights for the README"),
}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m data", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    groups = {"": top.add_subparsers(metavar="COMMAND", required=True)}
    for name, command in COMMANDS.items():
        group, _, last = name.rpartition(" ")
        if group not in groups:
            made = groups[""].add_parser(group, help="make, reset or deactivate an account")
            groups[group] = made.add_subparsers(metavar="COMMAND", required=True)
        about = command.help[0].upper() + command.help[1:] + "."
        one = groups[group].add_parser(last, help=command.help, description=about, epilog=CODES)
        one.set_defaults(act=command.act)
        for each in command.words:
            one.add_argument(each.name, help=each.help, **each.more)
    return top


def note(text: str) -> None:
    print(text, file=sys.stderr)


def main(words: list[str] | None = None) -> int:
    said = parser().parse_args(words)
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        note("DATABASE_URL is not understood. It begins with sqlite:/// or postgresql://.")
        return USAGE
    prepare()
    try:
        said.act(said)
    except Refused as error:
        note(str(error))
        return REFUSED
    except Failed as error:
        note(str(error))
        return FAILED
    except Refusal as error:
        note(sentence(error))
        return REFUSED
    except OperationalError as error:
        note(f"The database cannot be used: {str(error.orig).strip()}")
        return FAILED
    return OK


def prepare() -> None:
    """The default database lies in a folder that a fresh clone lacks."""
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    migrations.import_models()


def sentence(error: Refusal) -> str:
    """What the models refused, in words for the terminal."""
    if isinstance(error, NotFound):
        return f"Refused: there is no such {error.code.replace('_', ' ')}."
    if not isinstance(error, Invalid):
        return f"Refused: {type(error).__name__} ({error.code})"
    problems = (f"{field or 'this'}: {code.replace('_', ' ')}" for field, (code, _) in error.errors.items())
    return "Refused: " + "; ".join(problems)


if __name__ == "__main__":
    os.umask(0o077)  # what is made here is readable by its owner only
    sys.exit(main())
