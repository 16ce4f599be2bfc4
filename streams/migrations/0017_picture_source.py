from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("streams", "0016_watching")]

    operations = [
        migrations.AddField(
            model_name="broadcast",
            name="picture_source",
            field=models.CharField(
                choices=[
                    ("camera", "a camera, live"),
                    ("recorded", "recorded beforehand"),
                    ("ai", "made by AI"),
                ],
                db_default="camera",
                default="camera",
                max_length=8,
                verbose_name="where the picture comes from",
            ),
        ),
    ]
