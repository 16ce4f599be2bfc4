"""Which payments were made with the same card, as a number that is no card."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0017_offices_answer_reviews")]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="payer_mark",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
    ]
