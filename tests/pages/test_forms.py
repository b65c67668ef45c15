"""Every draft can be drawn: a field type that the drawer does not know fails here, not in front of a person."""

from models.draft import Draft, ReasonDraft
from models.incident import IncidentDraft
from models.joint import PartnersDraft
from models.plan import PlanDraft
from pages.parts import fields


def drafts(cls: type[Draft] = Draft) -> list[type[Draft]]:
    below = [one for direct in cls.__subclasses__() for one in (direct, *drafts(direct))]
    return [one for one in below if not getattr(one, "__table__", None) is not None]


# Drawn by an editor of their own (tables of rows), not field by field.
OWN_EDITOR = {"PlanDraft": {"risks", "posts", "scenarios", "phones", "contacts"}}


def test_every_field_of_every_draft_has_a_widget() -> None:
    assert len(drafts()) > 15
    unknown = {cls.__name__: set(fields.drawable(cls)) - OWN_EDITOR.get(cls.__name__, set()) for cls in drafts()}
    assert {name: fields for name, fields in unknown.items() if fields} == {}


def test_every_field_has_a_label_in_the_drafts_that_forms_show() -> None:
    from models.incident import IncidentDraft
    from models.organisation import OrganisationDraft, UnitDraft

    for cls in (IncidentDraft, OrganisationDraft, UnitDraft):
        assert all(info.title for info in cls.model_fields.values()), cls


def test_a_field_of_own_words_is_told_from_one_of_choice() -> None:
    """Over a form with one of these stands the banner of secrecy."""
    assert fields.free_text(ReasonDraft) == ["reason"]
    assert {"summary", "place", "description", "measures"} <= set(fields.free_text(IncidentDraft))
    assert set(fields.free_text(IncidentDraft)) & {"kind", "severity", "partners", "unit_id", "confidential"} == set()
    assert {"posts", "scenarios", "risks"} <= set(fields.free_text(PlanDraft))
    assert fields.free_text(PartnersDraft) == []
