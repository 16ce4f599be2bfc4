"""Prices that cannot be forgotten, hidden or written afterwards, and deals that keep their word.

Whoever writes a deal, the database computes its base price and refuses it if it breaks its
festival's rule. Refusals carry a constraint name; `products.domain.refusals` has the words.
"""

from django.db import migrations, models

OFFERED = """
CREATE FUNCTION products_offered(
    p_product bigint, p_deal bigint, p_from timestamptz, p_until timestamptz
) RETURNS TABLE (price_fen integer, deal_id bigint, span tstzrange)
LANGUAGE sql STABLE AS $$
    -- Every price that was on offer between p_from and p_until, and when; never p_deal's own.
    SELECT s.price_fen, s.deal_id,
           tstzrange(greatest(s.effective_at, p_from), coalesce(s.next_at, p_until))
    FROM (
        SELECT point.price_fen, point.deal_id, point.effective_at,
               lead(point.effective_at) OVER (
                   PARTITION BY point.deal_id ORDER BY point.effective_at, point.id
               ) AS next_at
        FROM products_pricepoint point
        WHERE point.product_id = p_product
          AND point.effective_at < p_until
          AND (p_deal IS NULL OR point.deal_id IS DISTINCT FROM p_deal)
    ) s
    WHERE s.price_fen IS NOT NULL
      AND coalesce(s.next_at, p_until) > greatest(s.effective_at, p_from)
$$;
"""

BASE_PRICE = """
CREATE FUNCTION products_base_price(
    p_product bigint, p_deal bigint, p_starts_at timestamptz, p_days integer
) RETURNS integer
LANGUAGE sql STABLE AS $$
    -- The lowest price really offered in the p_days before p_starts_at; null when the product
    -- was on offer for less than seven days of them.
    WITH offered AS (
        SELECT * FROM products_offered(
            p_product, p_deal, p_starts_at - make_interval(hours => 24 * p_days), p_starts_at
        )
    ), covered AS (
        SELECT coalesce(sum(upper(piece) - lower(piece)), interval '0') AS length
        FROM (SELECT unnest(range_agg(span)) AS piece FROM offered) pieces
    )
    SELECT CASE WHEN (SELECT length FROM covered) >= interval '168 hours'
                THEN (SELECT min(offered.price_fen) FROM offered) END
$$;
"""

LIST_PRICE_IS_RECORDED = """
CREATE FUNCTION products_record_list_price() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted integer := CASE WHEN NEW.state = 'listed' THEN NEW.list_price_fen END;
    newest products_pricepoint%ROWTYPE;
BEGIN
    SELECT * INTO newest FROM products_pricepoint
    WHERE product_id = NEW.id AND deal_id IS NULL
    ORDER BY effective_at DESC, id DESC LIMIT 1;
    IF (NOT FOUND AND wanted IS NOT NULL) OR (FOUND AND newest.price_fen IS DISTINCT FROM wanted)
    THEN
        INSERT INTO products_pricepoint (product_id, price_fen, effective_at, recorded_at)
        VALUES (NEW.id, wanted, clock_timestamp(), clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER products_record_list_price
AFTER INSERT OR UPDATE OF state, list_price_fen ON products_product
FOR EACH ROW EXECUTE FUNCTION products_record_list_price();
"""

POINTS_ARE_TRUE = """
CREATE FUNCTION products_price_point_is_true() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One writer of a product's prices at a time: the base price read below must stay true.
    PERFORM 1 FROM products_product WHERE id = NEW.product_id FOR NO KEY UPDATE;
    IF coalesce(current_setting('livecommerce.import_history', true), '') <> 'on' AND (
        NEW.effective_at < clock_timestamp() - interval '5 minutes'
        OR (NEW.deal_id IS NULL AND NEW.effective_at > clock_timestamp() + interval '5 minutes')
    ) THEN
        RAISE EXCEPTION 'a price point tells of now, not of %', NEW.effective_at
            USING ERRCODE = 'check_violation', CONSTRAINT = 'price_point_not_backdated';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER products_price_point_is_true
BEFORE INSERT ON products_pricepoint
FOR EACH ROW EXECUTE FUNCTION products_price_point_is_true();

CREATE FUNCTION products_price_point_keeps_deals_honest() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text;
BEGIN
    UPDATE products_deal SET base_price_fen = base_price_fen
    WHERE product_id = NEW.product_id AND state = 'approved'
      AND starts_at > NEW.effective_at AND id IS DISTINCT FROM NEW.deal_id;
    RETURN NULL;
EXCEPTION WHEN check_violation THEN
    GET STACKED DIAGNOSTICS why = MESSAGE_TEXT;
    RAISE EXCEPTION 'this price would break an approved deal: %', why
        USING ERRCODE = 'check_violation', CONSTRAINT = 'price_breaks_deal';
END $$;
CREATE TRIGGER products_price_point_keeps_deals_honest
AFTER INSERT ON products_pricepoint
FOR EACH ROW EXECUTE FUNCTION products_price_point_keeps_deals_honest();

CREATE FUNCTION products_list_series_mirrors_product() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted integer;
    newest integer;
BEGIN
    SELECT CASE WHEN state = 'listed' THEN list_price_fen END INTO wanted
    FROM products_product WHERE id = NEW.product_id;
    SELECT price_fen INTO newest FROM products_pricepoint
    WHERE product_id = NEW.product_id AND deal_id IS NULL
    ORDER BY effective_at DESC, id DESC LIMIT 1;
    IF newest IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'the newest list price point (%) is not the price offered (%)',
            newest, wanted
            USING ERRCODE = 'check_violation', CONSTRAINT = 'list_series_mirrors_product';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER products_list_series_mirrors_product
AFTER INSERT ON products_pricepoint DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.deal_id IS NULL)
EXECUTE FUNCTION products_list_series_mirrors_product();
"""

APPEND_ONLY = """
CREATE FUNCTION products_price_points_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Emptying a whole demo or test database asks for it by name.
    IF TG_OP = 'TRUNCATE'
       AND coalesce(current_setting('livecommerce.allow_truncate', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'price history is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'price_points_append_only';
END $$;
CREATE TRIGGER products_price_points_stay
BEFORE UPDATE OR DELETE OR TRUNCATE ON products_pricepoint
FOR EACH STATEMENT EXECUTE FUNCTION products_price_points_stay();
"""

DEALS_ARE_HONEST = """
CREATE FUNCTION products_deal_is_honest() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    festival products_festival%ROWTYPE;
    base integer;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.base_price_fen IS NOT NULL THEN
        -- Once approved, what was promised stays as it was; only its end can be recorded.
        IF (NEW.product_id, NEW.festival_id, NEW.price_fen, NEW.quantity, NEW.starts_at, NEW.ends_at)
           IS DISTINCT FROM
           (OLD.product_id, OLD.festival_id, OLD.price_fen, OLD.quantity, OLD.starts_at, OLD.ends_at)
           OR NOT (NEW.state = OLD.state
                   OR (OLD.state = 'approved' AND NEW.state IN ('ended', 'withdrawn')))
        THEN
            RAISE EXCEPTION 'deal % was approved and keeps its terms', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'deal_keeps_its_terms';
        END IF;
        NEW.base_price_fen := OLD.base_price_fen;
    ELSE
        NEW.base_price_fen := NULL;
    END IF;
    IF NEW.state <> 'approved' THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM products_product WHERE id = NEW.product_id FOR NO KEY UPDATE;
    SELECT * INTO festival FROM products_festival WHERE id = NEW.festival_id FOR SHARE;
    IF NEW.starts_at < festival.starts_at OR NEW.ends_at > festival.ends_at THEN
        RAISE EXCEPTION 'deal % lies outside the dates of its festival', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'deal_within_festival';
    END IF;
    base := products_base_price(NEW.product_id, NEW.id, NEW.starts_at, festival.base_window_days);
    IF base IS NULL THEN
        RAISE EXCEPTION 'deal %: the product was on offer for less than 7 of the % days before it',
            NEW.id, festival.base_window_days
            USING ERRCODE = 'check_violation', CONSTRAINT = 'deal_needs_history';
    END IF;
    IF NEW.price_fen::bigint * 10000 > base::bigint * festival.max_price_bps THEN
        RAISE EXCEPTION 'deal %: price % is more than % bps of the base price %',
            NEW.id, NEW.price_fen, festival.max_price_bps, base
            USING ERRCODE = 'check_violation', CONSTRAINT = 'deal_honours_rule';
    END IF;
    NEW.base_price_fen := base;
    RETURN NEW;
END $$;
CREATE TRIGGER products_deal_is_honest
BEFORE INSERT OR UPDATE ON products_deal
FOR EACH ROW EXECUTE FUNCTION products_deal_is_honest();

CREATE FUNCTION products_record_deal_price() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_on boolean := TG_OP = 'UPDATE' AND OLD.state = 'approved';
    from_when timestamptz := greatest(NEW.starts_at, clock_timestamp());
BEGIN
    IF NEW.state = 'approved' AND NOT was_on THEN
        IF coalesce(current_setting('livecommerce.import_history', true), '') = 'on' THEN
            from_when := NEW.starts_at;
        END IF;
        IF NEW.ends_at <= from_when THEN
            RAISE EXCEPTION 'deal % is over before it began', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'deal_is_over';
        END IF;
        INSERT INTO products_pricepoint
            (product_id, deal_id, price_fen, effective_at, recorded_at)
        VALUES (NEW.product_id, NEW.id, NEW.price_fen, from_when, clock_timestamp()),
               (NEW.product_id, NEW.id, NULL, NEW.ends_at, clock_timestamp());
    ELSIF was_on AND NEW.state <> 'approved' AND from_when < NEW.ends_at THEN
        INSERT INTO products_pricepoint
            (product_id, deal_id, price_fen, effective_at, recorded_at)
        VALUES (NEW.product_id, NEW.id, NULL, from_when, clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER products_record_deal_price
AFTER INSERT OR UPDATE OF state ON products_deal
FOR EACH ROW EXECUTE FUNCTION products_record_deal_price();
"""

FESTIVALS_KEEP_THEIR_WORD = """
CREATE FUNCTION products_festival_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text;
BEGIN
    IF NEW.base_window_days <> OLD.base_window_days AND EXISTS (
        SELECT 1 FROM products_deal
        WHERE festival_id = NEW.id AND state <> 'approved' AND base_price_fen IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'festival % has deals behind it; their receipts rest on its window', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'festival_rule_kept';
    END IF;
    UPDATE products_deal SET base_price_fen = base_price_fen
    WHERE festival_id = NEW.id AND state = 'approved';
    RETURN NULL;
EXCEPTION WHEN check_violation THEN
    GET STACKED DIAGNOSTICS why = MESSAGE_TEXT;
    RAISE EXCEPTION 'this rule would break approved deals: %', why
        USING ERRCODE = 'check_violation', CONSTRAINT = 'festival_rule_kept';
END $$;
CREATE TRIGGER products_festival_keeps_its_word
AFTER UPDATE OF max_price_bps, base_window_days, starts_at, ends_at ON products_festival
FOR EACH ROW EXECUTE FUNCTION products_festival_keeps_its_word();
"""

UNDO = """
DROP FUNCTION products_festival_keeps_its_word() CASCADE;
DROP FUNCTION products_record_deal_price() CASCADE;
DROP FUNCTION products_deal_is_honest() CASCADE;
DROP FUNCTION products_price_points_stay() CASCADE;
DROP FUNCTION products_list_series_mirrors_product() CASCADE;
DROP FUNCTION products_price_point_keeps_deals_honest() CASCADE;
DROP FUNCTION products_price_point_is_true() CASCADE;
DROP FUNCTION products_record_list_price() CASCADE;
DROP FUNCTION products_base_price(bigint, bigint, timestamptz, integer);
DROP FUNCTION products_offered(bigint, bigint, timestamptz, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("products", "0001_initial")]

    operations = [
        migrations.RenameField("product", "fulfilment_note", "fulfilment_note_en"),
        migrations.AddField(
            "product", "fulfilment_note_zh", models.CharField(blank=True, max_length=240)
        ),
        migrations.AlterField(
            "pricepoint", "price_fen", models.PositiveIntegerField(blank=True, null=True)
        ),
        migrations.RemoveConstraint("pricepoint", "price_point_positive"),
        migrations.AddConstraint(
            "pricepoint",
            models.CheckConstraint(
                condition=models.Q(price_fen__gt=0) | models.Q(price_fen__isnull=True),
                name="price_point_positive",
            ),
        ),
        migrations.RunSQL(
            OFFERED
            + BASE_PRICE
            + LIST_PRICE_IS_RECORDED
            + POINTS_ARE_TRUE
            + APPEND_ONLY
            + DEALS_ARE_HONEST
            + FESTIVALS_KEEP_THEIR_WORD,
            UNDO,
        ),
    ]
