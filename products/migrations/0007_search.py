"""Other names, the words there are (for mistyped ones) and what was looked for in vain.

pg_trgm is one of PostgreSQL's own, and trusted: the database's owner may create it.
"""

import csv
from pathlib import Path

import django.contrib.postgres.indexes
import django.utils.timezone
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

SEEDS = Path(__file__).resolve().parent.parent / "data" / "search_aliases.csv"


def seed_aliases(apps, schema_editor):
    Alias = apps.get_model("products", "SearchAlias")
    with SEEDS.open(encoding="utf-8", newline="") as file:
        Alias.objects.bulk_create(
            [Alias(names=row["names"], note=row["note"]) for row in csv.DictReader(file)],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0006_flash_sales'),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='SearchAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('names', models.CharField(help_text='two names or more for the same thing, parted by commas', max_length=240, unique=True, verbose_name='names')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'other names in search',
                'verbose_name_plural': 'other names in search',
                'ordering': ['names'],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('word', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='word')),
            ],
            options={
                'verbose_name': 'word of the search',
                'verbose_name_plural': 'words of the search',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['word'], name='search_word_trigrams', opclasses=['gin_trgm_ops'])],
            },
        ),
        migrations.CreateModel(
            name='SearchMiss',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=40, verbose_name='looked for')),
                ('day', models.DateField(default=django.utils.timezone.localdate, verbose_name='day')),
                ('searches', models.PositiveIntegerField(default=0, verbose_name='searches')),
                ('wishes', models.PositiveIntegerField(default=0, verbose_name='wishes')),
            ],
            options={
                'verbose_name': 'search without result',
                'verbose_name_plural': 'searches without result',
                'ordering': ['-day', '-searches', 'text'],
                'indexes': [models.Index(fields=['day'], name='search_miss_day')],
                'constraints': [models.UniqueConstraint(fields=('text', 'day'), name='search_miss_once_a_day')],
            },
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['state', 'category', 'sku'], name='product_in_order'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['state', 'list_price_fen'], name='product_by_price'),
        ),
        migrations.RunPython(seed_aliases, migrations.RunPython.noop),
    ]
