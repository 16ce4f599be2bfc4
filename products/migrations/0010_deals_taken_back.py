"""A deal whose claim stops being true can be taken back in the very transaction that ends it.

The two triggers that refuse such a change keep the last word, but may now wait for the end of the
transaction: `products.domain.claims` asks them to, makes the change, takes back the deals that no
longer hold, and what is committed is honest or is not committed.
"""

import django.db.models.deletion
from django.db import migrations, models

PATIENT = """
DROP TRIGGER products_price_point_keeps_deals_honest ON products_pricepoint;
CREATE CONSTRAINT TRIGGER products_price_point_keeps_deals_honest
AFTER INSERT ON products_pricepoint DEFERRABLE INITIALLY IMMEDIATE
FOR EACH ROW EXECUTE FUNCTION products_price_point_keeps_deals_honest();
DROP TRIGGER products_festival_keeps_its_word ON products_festival;
CREATE CONSTRAINT TRIGGER products_festival_keeps_its_word
AFTER UPDATE OF max_price_bps, base_window_days, starts_at, ends_at ON products_festival
DEFERRABLE INITIALLY IMMEDIATE
FOR EACH ROW EXECUTE FUNCTION products_festival_keeps_its_word();
"""
AT_ONCE = """
DROP TRIGGER products_price_point_keeps_deals_honest ON products_pricepoint;
CREATE TRIGGER products_price_point_keeps_deals_honest
AFTER INSERT ON products_pricepoint
FOR EACH ROW EXECUTE FUNCTION products_price_point_keeps_deals_honest();
DROP TRIGGER products_festival_keeps_its_word ON products_festival;
CREATE TRIGGER products_festival_keeps_its_word
AFTER UPDATE OF max_price_bps, base_window_days, starts_at, ends_at ON products_festival
FOR EACH ROW EXECUTE FUNCTION products_festival_keeps_its_word();
"""


class Migration(migrations.Migration):
    dependencies = [("products", "0009_curation")]

    operations = [
        migrations.CreateModel(
            name="DealWithdrawal",
            fields=[
                (
                    "deal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="withdrawal",
                        serialize=False,
                        to="products.deal",
                        verbose_name="deal",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("rule", "The price is no longer within the festival's rule."),
                            (
                                "history",
                                "The price history is too short for an honest base price.",
                            ),
                            ("not_listed", "The product is no longer offered at a list price."),
                            (
                                "not_lower",
                                "The list price is no longer above the deal's price.",
                            ),
                            (
                                "cost",
                                "The price no longer covers its costs, and nobody pays the"
                                " difference.",
                            ),
                            ("curator", "Taken back by those who answer for it."),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("facts", models.JSONField(default=dict, verbose_name="numbers")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
            ],
            options={
                "verbose_name": "deal taken back",
                "verbose_name_plural": "deals taken back",
            },
        ),
        migrations.RunSQL(PATIENT, AT_ONCE),
    ]
