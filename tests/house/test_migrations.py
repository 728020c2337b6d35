"""The tables that the models describe are the tables that the migrations make."""

import pytest
from django.apps import apps
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def test_no_model_has_changed_without_its_migration():
    ours = [a.label for a in apps.get_app_configs() if a.name.startswith("apportion.apps.")]
    call_command("makemigrations", *ours, check=True, dry_run=True, verbosity=1)
