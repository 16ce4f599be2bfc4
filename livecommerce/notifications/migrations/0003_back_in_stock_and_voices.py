from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_push"),
    ]

    operations = [
        migrations.AddField(
            model_name="quiethours",
            name="zone",
            field=models.CharField(
                choices=[
                    ("Asia/Shanghai", "China"),
                    ("Asia/Bangkok", "Thailand, Vietnam"),
                    ("Asia/Tokyo", "Japan, Korea"),
                    ("Australia/Sydney", "Sydney"),
                    ("Europe/London", "London"),
                    ("Europe/Paris", "Paris, Berlin"),
                    ("America/New_York", "New York"),
                    ("America/Los_Angeles", "Los Angeles"),
                ],
                default="Asia/Shanghai",
                max_length=32,
                verbose_name="by the clock of",
            ),
        ),
        migrations.AlterField(
            model_name="choice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("show_reminder", "A show begins soon"),
                    ("host_live", "A followed host is live"),
                    ("order_paid", "Order paid"),
                    ("order_expired", "Order expired"),
                    ("order_shipped", "Order shipped"),
                    ("order_refunded", "Order refunded"),
                    ("official_verified", "Official verified"),
                    ("draw_won", "Lucky draw won"),
                    ("back_in_stock", "Back in stock"),
                    ("question_answered", "Your question was answered"),
                    ("voice_answered", "An office answered a demand"),
                    ("voice_assigned", "The public asks your office"),
                    ("review_answered", "Your review was answered"),
                    ("approval", "Approvals: your turn, or decided"),
                    ("identity", "Identity check runs out"),
                    ("system", "From the platform"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("show_reminder", "A show begins soon"),
                    ("host_live", "A followed host is live"),
                    ("order_paid", "Order paid"),
                    ("order_expired", "Order expired"),
                    ("order_shipped", "Order shipped"),
                    ("order_refunded", "Order refunded"),
                    ("official_verified", "Official verified"),
                    ("draw_won", "Lucky draw won"),
                    ("back_in_stock", "Back in stock"),
                    ("question_answered", "Your question was answered"),
                    ("voice_answered", "An office answered a demand"),
                    ("voice_assigned", "The public asks your office"),
                    ("review_answered", "Your review was answered"),
                    ("approval", "Approvals: your turn, or decided"),
                    ("identity", "Identity check runs out"),
                    ("system", "From the platform"),
                ],
                max_length=24,
            ),
        ),
    ]
