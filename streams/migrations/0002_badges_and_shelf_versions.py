from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("streams", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="chatmessage", name="is_host"),
        migrations.AddField(
            model_name="chatmessage",
            name="badge",
            field=models.CharField(
                blank=True,
                default="",
                help_text="host, assistant or moderator, when it was said",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="chatmessage",
            name="is_demo",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="broadcast",
            name="shelf_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="broadcast",
            name="followers_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
