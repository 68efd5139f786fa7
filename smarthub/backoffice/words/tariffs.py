"""Why a draft of a tariff is refused, in words a clerk can act on, with the line of the fault."""

from __future__ import annotations

from django.utils.translation import gettext as _

from smarthub.kernel.errors import ExpectedError


def words_of_refusal(error: ExpectedError) -> str:
    """Return one sentence: what is wrong, where, and what to do."""
    sentence = _sentence(error)
    line = error.values.get("line")
    if line is None:
        return sentence
    return _("Line %(line)s: %(sentence)s") % {"line": line, "sentence": sentence}


def _sentence(error: ExpectedError) -> str:
    values = {name: str(value) for name, value in error.values.items()}
    known = _known().get(error.code)
    if known is None:
        return _("This cannot be used (%(code)s). Look the code up in the list of errors.") % {
            "code": error.code
        }
    try:
        return known % values
    except KeyError:
        return known.split("%(", maxsplit=1)[0].rstrip(" :“(")


def _known() -> dict[str, str]:
    return {
        "tariff_unreadable": _("This is no YAML: %(problem)s. Compare it with a published rate."),
        "spanish_missing": _("%(where)s is not in both languages. Write it as { en: …, es: … }."),
        "charge_kind_unknown": _(
            "There is no charge of the kind %(kind)s. The kinds are listed in the guide to tariffs."
        ),
        "charge_code_repeated": _("Two charges have the code %(charge)s. Give each its own."),
        "tariff_has_gap": _("%(where)s is missing or cannot be read. Write it there."),
        "field_unknown": _(
            "“%(field)s” means nothing in %(where)s. Correct its spelling or take it out."
        ),
        "tier_end_missing": _(
            "A block in %(where)s has no end, but another follows it. Give it an upto."
        ),
        "tiers_have_gap": _(
            "The blocks in %(where)s leave a gap at %(at)s. The last block has no upto."
        ),
        "tiers_overlap": _(
            "The blocks in %(where)s overlap at %(at)s. Each must end after the one before."
        ),
        "seasons_have_gap": _("%(day)s is in no season. Together the seasons hold each day once."),
        "seasons_overlap": _(
            "%(day)s is in two seasons: %(seasons)s. Let one of them end earlier."
        ),
        "periods_have_gap": _(
            "%(hour)s on a %(day)s in %(season)s is in no time-of-use period. Leave one "
            "period without “when”: it takes every other hour."
        ),
        "periods_overlap": _(
            "%(hour)s on a %(day)s in %(season)s is in two time-of-use periods: %(periods)s."
        ),
        "tariff_name_unknown": _("%(where)s names %(name)s, which this tariff does not have."),
        "units_differ": _(
            "The charges count different units: %(units)s. One tariff counts one unit."
        ),
        "draft_changed": _(
            "%(author)s saved this draft in the meantime. Copy what you wrote, and open the"
            " draft again."
        ),
        "second_look_missing": _(
            "%(author)s wrote this draft, so somebody else must look at it and publish it."
        ),
        "preview_missing": _(
            "Preview this draft over last month's bills first: it was changed since."
        ),
        "date_too_early": _("%(on)s has passed. Choose today or a later day."),
        "tariff_differs": _(
            "Another version of %(tariff)s already begins on %(on)s. Choose another day."
        ),
    }
