"""The demo's goods: every deal of theirs is one the database accepts, and seeding twice is once."""

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

import officials.demo
import products.demo
from livecommerce.illustrations import ROOT
from officials.demo.regions import seed_regions
from officials.models import Official, Region
from products.demo import catalogue, looks
from products.demo.history import price_points, seed_deals, seed_festival
from products.domain.prices import importing_history
from products.domain.search import index_products, search_products
from products.models import Deal, PricePoint, Product, ProductImage, Specialty, StockPool
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def silent(_text):
    pass


def test_all_goods_have_a_history_and_honest_deals():
    seed_regions()
    now = timezone.now()
    boss = make_user(is_superuser=True, is_staff=True)
    goods = catalogue.new_products()
    event = {row["sku"] for row in catalogue.rows() if row["in_2020_event"] == "Y"}
    with importing_history():
        Product.objects.bulk_create(goods)
        PricePoint.objects.bulk_create(price_points(goods, now))
        Product.objects.update(state="listed")
        deals = seed_deals(goods, event, seed_festival(now), boss)
        index_products(Product.objects.all())
    assert len(goods) == len(catalogue.rows()) == 133
    assert all(deal.is_on for deal in deals)
    assert all(
        deal.base_price_fen and deal.price_fen * 2 <= deal.base_price_fen
        for deal in Deal.objects.all()
    )
    assert event <= set(Deal.objects.values_list("product__sku", flat=True))
    assert Deal.objects.values("product__prefecture").distinct().count() == 14
    assert StockPool.objects.filter(deal=None).count() == 133
    for typed in ("芒果", "mangguo", "mango"):
        assert "GX-BS-01" in {p.sku for p in search_products(typed, among=Product.objects.all())}


def test_every_product_has_a_look_of_its_own():
    seed_regions()
    for row in catalogue.rows():
        picture = looks.picture_of(row["name_en"], row["category"], row["prefecture_code"])
        assert picture.icons[0] != "wrapped-gift", row["name_en"]


def test_regions_are_all_there():
    assert seed_regions() == 125
    assert seed_regions() == 0
    assert Region.objects.filter(kind="prefecture").count() == 14
    assert Region.objects.get(code="451223").parent.name_za == "Hozciz"


@pytest.fixture
def six_products(tmp_path, monkeypatch):
    """The first six rows of the file: enough goods, and few pictures to draw."""
    lines = (ROOT / "products" / "data" / "products.csv").read_text().splitlines()
    (tmp_path / "products.csv").write_text("\n".join(lines[:7]) + "\n")
    monkeypatch.setattr(catalogue, "DATA", tmp_path)


def test_seeding_twice_is_once(six_products):
    make_user(is_superuser=True, is_staff=True)
    first = officials.demo.seed(silent) | products.demo.seed(silent)
    assert (first["officials"], first["products"], first["pictures"]) == (54, 6, 6)
    rows = {
        model: list(model.objects.order_by("pk").values_list("pk", flat=True))
        for model in (Official, Product, PricePoint, Deal, Specialty, ProductImage, StockPool)
    }
    second = officials.demo.seed(silent) | products.demo.seed(silent)
    assert not any(second.values())
    for model, keys in rows.items():
        assert list(model.objects.order_by("pk").values_list("pk", flat=True)) == keys, model
    for image in ProductImage.objects.all():
        assert set(image.renditions) == {"320", "640", "960"}
        assert all(default_storage.exists(name) for name in image.renditions.values())
    assert all(default_storage.exists(o.portrait.name) for o in Official.objects.all())
    assert Official.objects.filter(state="verified", verified_by__isnull=False).count() == 54
    assert Official.objects.filter(region__kind="prefecture").count() == 14
