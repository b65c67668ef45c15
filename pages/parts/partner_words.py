"""Names of partners: what a record keeps of them are codes ("org:4", "body:PC07"), and no reader ever sees one."""

import re
from collections.abc import Sequence

from models.access import Current
from models.catalogue import entries
from models.organisation import police_bodies
from pages.parts.words import label, t

_CODE = re.compile(r"(org|body):(\S+)")


def names(current: Current, codes: Sequence[str]) -> list[str]:
    """The names behind the codes; what is no code is a name already."""
    found = {code: _CODE.fullmatch(str(code)) for code in codes}
    police = {str(row.id): row.name for row in police_bodies(current)} if any(found.values()) else {}
    bodies = entries(current, "partner_body") if any(found.values()) else {}
    said = []
    for code, match in found.items():
        if match is None:
            said.append(str(code))
        elif match[1] == "org":
            said.append(police.get(match[2], t("a police body no longer listed")))
        else:
            known = match[2] in bodies
            said.append(label(bodies, match[2]) if known else t("a body no longer listed"))
    return said
