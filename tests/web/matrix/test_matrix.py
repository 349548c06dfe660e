"""Every route × method × actor × object: one's own opens, and a foreign one is as one that is missing.

Nothing here is a snapshot: what is expected follows from the rule that the route declares, from
`objects.py` (what is whose) and from `valid_forms.py` (who may do what to its own).
"""

from __future__ import annotations

from collections import Counter

from flask import Flask

from app.web import access
from tests.web.matrix.objects import ACCOUNTS, ROLES
from tests.web.matrix.valid_forms import FORMS, MAY, REFUSED_BY_STATE
from tests.web.matrix.walking import World, admits, ask, chosen, not_own, own, routes, told

#: no one's: how a route answers them depends on no object
NOBODY = ("anonymous", "disabled", "revoked")
#: lead back to the page of a form, whatever the address names
LEADING_BACK = {"account.reopened", "feeds.reopened"}


def test_every_argument_of_a_route_is_described(world: World) -> None:
    unknown = {
        f"{rule.endpoint}:{argument}"
        for rule, _ in routes(world.app)
        for argument in rule.arguments
        if chosen(rule.endpoint, argument) is None and world.objects.of(rule.endpoint, argument) is None
    }
    assert unknown == set()
    with_objects = {
        rule.endpoint for rule, method in routes(world.app) if method == "POST" and rule.arguments
    }
    assert with_objects == set(FORMS)


def test_who_is_not_signed_in_gets_the_page_to_sign_in_whatever_the_address_names(world: World) -> None:
    faults, requests = [], 0
    for rule, method in routes(world.app):
        values = next((each for name in ACCOUNTS if (each := own(world, rule, name)) is not None), None)
        objects_ = [values] if values is not None else []
        objects_ += [gone.values for _, gone in not_own(world, rule, "executor")][:1]
        for actor in NOBODY:
            for named in objects_:
                answer = ask(world, actor, rule, method, named)
                requests += 1
                sent = answer.status_code == 302 and answer.location.partition("?")[0] == "/login"
                # What was typed while the session ended is shown once more, beside the way to sign in.
                sent = sent or (answer.status_code == 401 and method == "POST" and actor != "anonymous")
                if sent is (access.rule_of(world.app, rule.endpoint) == access.PUBLIC):
                    faults.append((actor, method, rule.rule, named, answer.status))
    assert not faults, "\n".join(map(str, faults))
    assert requests > 500


def test_what_is_foreign_is_as_what_is_missing_and_both_are_as_the_rule_says(world: World) -> None:
    faults, requests = [], 0
    for rule, method in routes(world.app):
        for actor in ACCOUNTS:
            for foreign, missing in not_own(world, rule, actor):
                there = told(ask(world, actor, rule, method, missing.values), missing.values)
                requests += 1
                if there.status != missing_status(world.app, rule.endpoint, actor, missing.argument):
                    faults.append(
                        ("missing", actor, method, rule.rule, missing, there.status, there.location)
                    )
                if foreign is None:
                    continue
                hidden = told(ask(world, actor, rule, method, foreign.values), foreign.values)
                requests += 1
                if hidden != there:
                    faults.append(
                        ("foreign", actor, method, rule.rule, foreign, missing, hidden[:2], there[:2])
                    )
    assert not faults, "\n".join(map(str, faults))
    assert requests > 600


def missing_status(app: Flask, endpoint: str, actor: str, argument: str) -> int:
    """What an address answers that names nothing."""
    if not admits(app, endpoint, actor):
        return 403
    if endpoint in LEADING_BACK and argument != "plan_code":
        return 303
    # Executors have no reports, but for their own cards, and are told so rather than that there is none.
    if argument == "report_id" and ROLES[actor] == "executor":
        return 403
    return 404


def test_what_is_ones_own_opens_and_who_only_sees_it_changes_nothing(world: World) -> None:
    faults, requests, done = [], Counter(), set()
    for rule, method in routes(world.app):
        # Those who only see it come first: what the others do changes its state.
        for actor in sorted(ACCOUNTS, key=lambda name: name in MAY.get(rule.endpoint, ())):
            if (values := own(world, rule, actor)) is None:
                continue
            answer = ask(world, actor, rule, method, values)
            requests[method] += 1
            may = actor in MAY.get(rule.endpoint, ACCOUNTS) if method == "POST" else True
            refused = answer.status_code == 403
            if refused is (admits(world.app, rule.endpoint, actor) and may) or answer.status_code in {
                401,
                404,
                500,
            }:
                faults.append((actor, method, rule.rule, values, answer.status))
            if answer.status_code < 400:
                done.add(rule.endpoint)
    assert not faults, "\n".join(map(str, faults))
    assert set(FORMS) - done <= REFUSED_BY_STATE, set(FORMS) - done
    assert requests["GET"] > 250
    assert requests["POST"] > 200
