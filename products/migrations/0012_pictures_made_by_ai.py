from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("products", "0011_sheets")]

    operations = [
        migrations.AddField(
            model_name="productimage",
            name="is_made_by_ai",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text=(
                    "Drawn or changed by a program. It is shown with that label, as the law asks."
                ),
                verbose_name="made by AI",
            ),
        ),
    ]
