"""The board's plan, edits, signatures, what is held back, letters; what was adopted was published."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def publish_adopted(apps, schema_editor):
    """Dates what was told to everybody before publishing was an act of its own."""
    slates = apps.get_model("decide", "Slate").objects
    slates.filter(adopted_at__isnull=False).update(published_at=models.F("adopted_at"))
    decisions = apps.get_model("decide", "Decision").objects
    for slate in slates.filter(adopted_at__isnull=False):
        decisions.filter(slate=slate).update(published_at=slate.adopted_at)


class Migration(migrations.Migration):

    dependencies = [
        ('apply', '0001_initial'),
        ('decide', '0003_tie_reason'),
        ('rounds', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Edit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('verb', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('about', models.CharField(blank=True, help_text='What was moved, in words.', max_length=200)),
                ('why', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='FormerDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('full', 'Granted'), ('partial', 'Granted in part'), ('minimum', 'Granted at the minimum'), ('not_yet', 'Not yet')], max_length=8)),
                ('reasons', models.JSONField()),
                ('counterfactuals', models.JSONField()),
                ('amounts', models.JSONField(help_text='Base units by resource.')),
                ('published_at', models.DateTimeField(null=True)),
                ('superseded_at', models.DateTimeField()),
                ('why', models.CharField(max_length=500)),
            ],
            options={
                'ordering': ['-superseded_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HeldBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500)),
                ('until_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('told_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['until_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, help_text='When it left the outbox.', null=True)),
            ],
            options={
                'ordering': ['written_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='LetterTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('version', models.PositiveIntegerField()),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['kind', '-version'],
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('released_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ['asked_at', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='slate',
            name='one_adopted_slate_a_round',
        ),
        migrations.AddField(
            model_name='decision',
            name='published_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='slate',
            name='made_from',
            field=models.ForeignKey(blank=True, help_text='The slate that the board moved by hand to come to this one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='made_into', to='decide.slate'),
        ),
        migrations.AddField(
            model_name='slate',
            name='publish_at',
            field=models.DateTimeField(blank=True, help_text='When what was adopted is told; until then it is held.', null=True),
        ),
        migrations.AddField(
            model_name='slate',
            name='published_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='slate',
            name='superseded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='slate',
            name='unexplained',
            field=models.PositiveIntegerField(default=0, help_text='Denials and cuts without a reason or a way in.'),
        ),
        migrations.RunPython(publish_adopted, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='slate',
            constraint=models.UniqueConstraint(condition=models.Q(('adopted_at__isnull', False), ('superseded_at__isnull', True)), fields=('round',), name='one_adopted_slate_a_round'),
        ),
        migrations.AddConstraint(
            model_name='slate',
            constraint=models.CheckConstraint(condition=models.Q(('unexplained', 0)), name='slate_explains_every_no'),
        ),
        migrations.AddConstraint(
            model_name='slate',
            constraint=models.CheckConstraint(condition=models.Q(('adopted_at__isnull', False), models.Q(('publish_at__isnull', True), ('published_at__isnull', True)), _connector='OR'), name='published_means_adopted'),
        ),
        migrations.AddField(
            model_name='edit',
            name='after',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decide.slate'),
        ),
        migrations.AddField(
            model_name='edit',
            name='before',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decide.slate'),
        ),
        migrations.AddField(
            model_name='edit',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='edit',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='edits', to='rounds.round'),
        ),
        migrations.AddField(
            model_name='formerdecision',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_decisions', to='apply.request'),
        ),
        migrations.AddField(
            model_name='formerdecision',
            name='slate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decide.slate'),
        ),
        migrations.AddField(
            model_name='formerdecision',
            name='superseded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='heldback',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='heldback',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='held_back', to='apply.request'),
        ),
        migrations.AddField(
            model_name='heldback',
            name='slate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='held_back', to='decide.slate'),
        ),
        migrations.AddField(
            model_name='letter',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='decide.decision'),
        ),
        migrations.AddField(
            model_name='letter',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='letter',
            name='slate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='decide.slate'),
        ),
        migrations.AddField(
            model_name='lettertemplate',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plan',
            name='round',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='plan', to='rounds.round'),
        ),
        migrations.AddField(
            model_name='plan',
            name='slate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decide.slate'),
        ),
        migrations.AddField(
            model_name='seat',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='seat',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='rounds.round'),
        ),
        migrations.AddField(
            model_name='signature',
            name='asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signature',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signature',
            name='slate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='decide.slate'),
        ),
        migrations.AddConstraint(
            model_name='edit',
            constraint=models.UniqueConstraint(fields=('round', 'number'), name='one_edit_a_number'),
        ),
        migrations.AddConstraint(
            model_name='edit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verb', 'move'), _negated=True), models.Q(('why', ''), _negated=True), _connector='OR'), name='moved_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='formerdecision',
            constraint=models.UniqueConstraint(fields=('request', 'slate'), name='former_once_a_slate'),
        ),
        migrations.AddConstraint(
            model_name='formerdecision',
            constraint=models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='superseded_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='heldback',
            constraint=models.UniqueConstraint(fields=('slate', 'request'), name='held_back_once'),
        ),
        migrations.AddConstraint(
            model_name='heldback',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='held_back_with_a_reason'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['written_at'], name='letters_to_send'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(fields=('decision', 'slate', 'person'), name='one_letter_a_decision_and_person'),
        ),
        migrations.AddConstraint(
            model_name='lettertemplate',
            constraint=models.UniqueConstraint(fields=('kind', 'version'), name='one_template_a_version'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(fields=('round', 'person'), name='one_seat_each'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(fields=('slate', 'person'), name='one_name_under_a_slate'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(('signed_at__isnull', True), ('released_at__isnull', True), _connector='OR'), name='signed_is_not_released'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(('released_at__isnull', True), models.Q(('released_why', ''), _negated=True), _connector='OR'), name='released_with_a_reason'),
        ),
    ]
