"""Foreign keys by name escape the import rules, so they are walked here."""

from django.apps import apps

FOUNDATIONS = ("people", "door", "rounds", "ledger")
STAGES = (
    "apply",
    "evidence",
    "review",
    "decide",
    "grant",
    "appeal",
    "change",
    "members",
    "enforce",
    "tariffs",
    "meter",
    "queues",
    "directive",
    "publishing",
    "report",
    "formats",
    "inbox",
    "notice",
)
ORDER = FOUNDATIONS + STAGES


def test_a_foreign_key_points_at_the_same_or_an_earlier_app():
    backward = [
        f"{model._meta.label}.{field.name} points at {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_config.name.startswith("apportion.apps.")
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and not may_point(model, field)
    ]
    assert backward == []


def may_point(model, field):
    target = field.related_model._meta
    if not target.app_config.name.startswith("apportion.apps."):
        return True  # Django's own tables
    return ORDER.index(target.app_label) <= ORDER.index(model._meta.app_label)


def test_every_app_has_its_place_in_the_order():
    ours = [a.label for a in apps.get_app_configs() if a.name.startswith("apportion.apps.")]
    assert sorted(ours) == sorted(ORDER)
