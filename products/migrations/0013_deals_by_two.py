"""Who proposed a deal does not approve it; who takes one back by hand does it in an office's name."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("products", "0012_pictures_made_by_ai"),
    ]

    operations = [
        migrations.AddField(
            "deal",
            "proposed_by",
            models.ForeignKey(
                blank=True,
                editable=False,
                help_text="who wrote its terms last; somebody else approves it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="proposed by",
            ),
        ),
        migrations.AddField(
            "deal",
            "sent_back_reason",
            models.CharField(
                blank=True, editable=False, max_length=300, verbose_name="why it was sent back"
            ),
        ),
        migrations.AddConstraint(
            "deal",
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(proposed_by=None)
                | ~Q(approved_by=F("proposed_by")),
                name="deal_approved_by_another",
            ),
        ),
        migrations.AddField(
            "dealwithdrawal",
            "office_zh",
            models.CharField(
                blank=True, max_length=200, verbose_name="taken back by the office (Chinese)"
            ),
        ),
        migrations.AddField(
            "dealwithdrawal",
            "office_en",
            models.CharField(
                blank=True, max_length=260, verbose_name="taken back by the office (English)"
            ),
        ),
    ]
