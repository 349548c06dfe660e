"""«По согласованию»: an organisation that the order invites and cannot oblige.

It answers itself, or the controller records the answer on its behalf.
"""

from workflows.definition import (
    ACCEPTED,
    CONTROLLER,
    COORDINATOR,
    EXECUTOR,
    OFF,
    OWING,
    Label,
    State,
    Step,
    Workflow,
)

_BY_THE_INVITED = frozenset({EXECUTOR, CONTROLLER})

CONSENT = Workflow(
    name="consent",
    label=Label("Согласование участия", "Consent"),
    initial="invited",
    states=(
        State("invited", Label("По согласованию", "Invited"), OWING, "envelope"),
        State("agreed", Label("Участие согласовано", "Agreed"), ACCEPTED, "check-circle-fill"),
        State("declined", Label("Участие отклонено", "Declined"), OFF, "x-circle"),
    ),
    steps=(
        Step("agree", ("invited",), "agreed", _BY_THE_INVITED, (), Label("Согласиться", "Agree")),
        Step(
            "decline",
            ("invited",),
            "declined",
            _BY_THE_INVITED,
            (),
            Label("Отказаться", "Decline"),
            reason_required=True,
        ),
        Step(
            "reinvite",
            ("declined",),
            "invited",
            frozenset({CONTROLLER, COORDINATOR}),
            (),
            Label("Пригласить снова", "Invite again"),
        ),
    ),
    finals=frozenset({"agreed", "declined"}),
)
