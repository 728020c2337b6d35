"""Clusters by name, their counters and alarms, what is held, and every batch of orders."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enforce', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ClusterState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('generation', models.PositiveIntegerField(default=0)),
                ('looked_at', models.DateTimeField(blank=True, null=True)),
                ('matches', models.BooleanField(default=False)),
                ('error', models.TextField(blank=True, help_text='Why nothing could be read.')),
                ('found', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cluster', models.CharField(max_length=60)),
                ('minutes', models.BigIntegerField()),
                ('lost_minutes', models.BigIntegerField(default=0)),
                ('read_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['cluster', 'project_id', 'resource_id'],
            },
        ),
        migrations.CreateModel(
            name='CounterAlarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cluster', models.CharField(max_length=60)),
                ('cause', models.CharField(choices=[('fell', 'Counter fell'), ('behind', 'Counter is behind the books')], max_length=8)),
                ('was_minutes', models.BigIntegerField()),
                ('now_minutes', models.BigIntegerField()),
                ('lost_minutes', models.BigIntegerField(help_text='In all, since the counter began.')),
                ('raised_at', models.DateTimeField()),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-raised_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Lever',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('hold', 'No job may be submitted'), ('boost', 'Its jobs preempt')], max_length=8)),
                ('source', models.CharField(help_text='The directive or the alarm behind it.', max_length=80)),
                ('reason', models.CharField(max_length=200)),
                ('since_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['project_id', 'kind', 'source'],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cluster', models.CharField(max_length=60)),
                ('generation', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('steps', models.JSONField(default=list)),
                ('failures', models.JSONField(default=list)),
                ('in_force_at', models.DateTimeField(blank=True, help_text='Read back as ordered.', null=True)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.AlterModelOptions(
            name='limit',
            options={'ordering': ['project_id', 'resource_id', 'cluster']},
        ),
        migrations.RemoveConstraint(
            model_name='limit',
            name='one_limit_a_resource',
        ),
        migrations.AddField(
            model_name='limit',
            name='cluster',
            field=models.CharField(default='', max_length=60),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.UniqueConstraint(fields=('project', 'resource', 'cluster'), name='one_limit_a_resource'),
        ),
        migrations.AddField(
            model_name='counter',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counters', to='apply.project'),
        ),
        migrations.AddField(
            model_name='counter',
            name='resource',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='rounds.resourcekind'),
        ),
        migrations.AddField(
            model_name='counteralarm',
            name='acknowledged_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='counteralarm',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counter_alarms', to='apply.project'),
        ),
        migrations.AddField(
            model_name='counteralarm',
            name='resource',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='rounds.resourcekind'),
        ),
        migrations.AddField(
            model_name='lever',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levers', to='apply.project'),
        ),
        migrations.AddField(
            model_name='order',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='counter',
            constraint=models.UniqueConstraint(fields=('cluster', 'project', 'resource'), name='one_counter_a_limit'),
        ),
        migrations.AddConstraint(
            model_name='counter',
            constraint=models.CheckConstraint(condition=models.Q(('lost_minutes__gte', 0), ('minutes__gte', 0)), name='counter_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='lever',
            constraint=models.UniqueConstraint(fields=('project', 'kind', 'source'), name='one_lever_a_source'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(fields=('cluster', 'generation'), name='one_order_a_generation'),
        ),
    ]
