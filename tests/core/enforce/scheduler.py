"""A scheduler in memory, in Slurm's manner: what is named is set, the rest is kept."""

from dataclasses import replace

from apportion.core.enforce.plan import Verb
from apportion.core.enforce.tree import Association, Qos, Tree


def carried_out(steps, tree):
    """What the scheduler holds once it has done every step."""
    associations, qos = dict(tree.associations), dict(tree.qos)
    for step in steps:
        if step.verb in (Verb.ADD_QOS, Verb.ADD_BOOST):
            name = step.qos if step.verb is Verb.ADD_QOS else step.association
            qos.setdefault(name, Qos(name=name))
        elif step.verb is Verb.SET_QOS_LIMIT:
            there = qos[step.qos]
            qos[step.qos] = replace(there, minutes={**there.minutes, **step.minutes})
        elif step.verb is Verb.ADD_ACCOUNT:
            new = Association(name=step.association, parent=step.parent)
            associations.setdefault(step.association, new)
        else:
            there = associations[step.association]
            associations[step.association] = replace(there, **change(step, there))
    return Tree(associations=associations, qos=qos)


def change(step, there):
    capped = dict(there.caps.get(step.user, {}))
    return {
        Verb.SET_LIMIT: {"minutes": {**there.minutes, **step.minutes}},
        Verb.USE_QOS: {"qos": frozenset({step.qos}), "default_qos": step.qos},
        Verb.HOLD: {"submit_jobs": 0},
        Verb.FREE: {"submit_jobs": None},
        Verb.BOOST: {"qos": there.qos | {step.qos}, "default_qos": step.qos},
        Verb.UNBOOST: {"qos": there.qos - {step.qos}, "default_qos": ""},
        Verb.ADD_MEMBER: {"members": there.members | {step.user}},
        Verb.REMOVE_MEMBER: {"members": there.members - {step.user}},
        Verb.SET_CAP: {"caps": there.caps | {step.user: capped | dict(step.minutes)}},
        Verb.LIFT_CAP: {
            "caps": there.caps
            | {step.user: {code: cap for code, cap in capped.items() if code not in step.minutes}}
        },
    }[step.verb]
