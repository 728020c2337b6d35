from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meter", "0002_collector")]

    operations = [
        migrations.RenameField(model_name="jobhold", old_name="account", new_name="owner"),
        migrations.AlterField(
            model_name="jobhold",
            name="owner",
            field=models.CharField(
                max_length=120, help_text="The project whose credits are held."
            ),
        ),
    ]
