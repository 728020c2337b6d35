import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meter", "0003_hold_owner")]

    operations = [
        migrations.AlterField(
            model_name="charge",
            name="project",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charges",
                to="apply.project",
            ),
        ),
    ]
