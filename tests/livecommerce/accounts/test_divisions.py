"""The divisions an address may name."""

from livecommerce.accounts import divisions


def test_mainland_has_thirty_one_provinces():
    assert len(divisions.provinces()) == 31
    assert "台湾省" not in divisions.provinces()


def test_guangxi_has_its_fourteen_prefectures():
    assert len(divisions.cities("广西壮族自治区")) == 14
    assert "凤山县" in divisions.counties("广西壮族自治区", "河池市")


def test_municipality_is_its_own_city():
    assert divisions.cities("北京市") == ["北京市"]
    assert "海淀区" in divisions.counties("北京市", "北京市")
    assert divisions.cities("重庆市") == ["重庆市"]


def test_counties_under_a_province_are_named_as_people_write_them():
    assert divisions.counties("湖北省", "省直辖县级行政区划") == [
        "仙桃市",
        "潜江市",
        "天门市",
        "神农架林区",
    ]
    assert "石河子市" in divisions.counties("新疆维吾尔自治区", "自治区直辖县级行政区划")


def test_city_without_counties():
    assert divisions.counties("广东省", "东莞市") == []
    assert divisions.counties("广东省", "南宁市") == []
    assert divisions.cities("Atlantis") == []
