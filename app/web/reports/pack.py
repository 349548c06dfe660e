"""A pack of evidence in words: what its manifest, its readme and its script say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from flask_babel import gettext

from app.exports.evidence_pack import EvidencePack, PackedProof
from app.services.plans import PlanInfo
from app.services.reports.accepted_evidence import AcceptedProof
from app.web.formats import day


def evidence_pack(
    proofs: Iterable[AcceptedProof],
    plan: PlanInfo,
    activity: str,
    today: date,
    made_at: datetime,
    made_by: str,
) -> EvidencePack:
    """The pack in the language of the moment (see `force_locale`)."""
    return EvidencePack(
        plan=plan.code,
        title=plan.title,
        activity=activity,
        as_of=today,
        made_at=made_at.astimezone(plan.zone),
        made_by=made_by,
        proofs=[_packed(proof, plan.zone) for proof in proofs],
        readme=_readme(plan, activity, today),
        columns=(
            *(gettext("File in the pack"), "SHA-256", gettext("Size, bytes"), gettext("Kind of proof")),
            *(gettext("No."), gettext("Activity"), gettext("Executor"), gettext("Occurrence")),
            *(gettext("What was asked for"), gettext("Task"), gettext("Name"), gettext("Version")),
            *(gettext("Attached"), gettext("By whom"), gettext("Accepted on"), gettext("Fault")),
        ),
        link_name=gettext("Link"),
        note_name=gettext("Note"),
        words={
            "missing": gettext("MISSING"),
            "changed": gettext("CHANGED"),
            "lost": gettext("WAS NOT WHOLE WHEN THE PACK WAS MADE"),
            "withheld": gettext("NOT PACKED: INFECTED OR NOT CHECKED FOR VIRUSES YET"),
            "unknown": gettext("not in the manifest"),
            "whole": gettext("Everything is as it was packed. Files: {number}"),
            "broken": gettext("The pack is not as it was packed. Faults: {faults}, files: {number}"),
            "hash": gettext("SHA-256 of the archive, to be compared with the list of reports: {digest}"),
        },
    )


def _packed(proof: AcceptedProof, zone: tzinfo) -> PackedProof:
    return PackedProof(
        id=proof.id,
        task=proof.task_id,
        activity=proof.code,
        activity_title=proof.short_title,
        organization=proof.organization,
        organization_name=proof.short_name,
        occurrence=proof.label_ru,
        requirement=proof.requirement or "",
        kind=proof.kind,
        version=proof.version,
        name=proof.name,
        size=proof.size,
        sha256=proof.sha256,
        url=proof.url,
        note=proof.note,
        attached_at=proof.created_at.astimezone(zone),
        attached_by=proof.person,
        withheld=not proof.may_leave,
        accepted_at=proof.accepted_at.astimezone(zone) if proof.accepted_at else None,
    )


def _readme(plan: PlanInfo, activity: str, today: date) -> str:
    what = (
        gettext("Evidence of the accepted tasks of activity %(code)s", code=activity)
        if activity
        else gettext("Evidence of the accepted tasks of the plan")
    )
    return "\n".join(
        (
            plan.title,
            f"{what}, {gettext('as of %(date)s', date=day(today))}",
            "",
            gettext(
                "manifest.json and manifest.csv name every file with its SHA-256, task, executor, who "
                "attached it and when."
            ),
            gettext("To check that nothing is missing or changed: python verify.py"),
            "",
        )
    )
