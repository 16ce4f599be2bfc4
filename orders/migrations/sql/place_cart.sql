-- One buyer's lines, across products and shows, in one order: all of them or none.
--
-- `p_pool`, `p_quantity`, `p_price` and `p_broadcast` have one element a line; no pool twice.
-- `p_price` is the unit price in fen the buyer saw, never the price that is charged. `p_coupon`
-- are the coupons in the order in which they apply, and `p_discount` says, coupon by coupon and
-- within it line by line, how many fen they take off: the sums are computed here again and must
-- agree. `p_freight` is in fen.
--
-- Locks: first the buyer's own (carts of one person come one after another), then pools in the
-- order of their ids as every other writer does, then limit counters, then coupons by id.
--
-- outcome: placed | duplicate | conflict | too_many | lines (see each line's verdict) |
-- coupon_over | coupon_minimum | coupon_used_up | coupon_person | coupon_changed (`culprit` is
-- the coupon). verdict of a line: ok | over | price_changed | limit | sold_out.
CREATE FUNCTION orders_place_cart(
    p_buyer bigint, p_key uuid, p_hash text, p_number text, p_address jsonb, p_perishable boolean,
    p_pool bigint[], p_quantity integer[], p_price integer[], p_broadcast bigint[],
    p_freight integer, p_coupon bigint[], p_discount integer[],
    p_hold_seconds integer, p_flash_hold_seconds integer, p_most_open integer
) RETURNS TABLE (
    pos integer, verdict text, price_fen integer, spare integer, outcome text, culprit bigint,
    order_id bigint, number text, total_fen integer, expires_at timestamptz,
    pool_id bigint, left_ integer, total integer, version bigint
)
LANGUAGE plpgsql SET lock_timeout = '5s' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz;
    v_lines integer := cardinality(p_pool);
    v_outcome text;
    v_culprit bigint;
    v_order bigint;
    v_hash text;
    v_due timestamptz;
    v_verdict text[] := array_fill(NULL::text, ARRAY[cardinality(p_pool)]);
    v_price integer[] := array_fill(NULL::integer, ARRAY[cardinality(p_pool)]);
    v_spare integer[] := array_fill(NULL::integer, ARRAY[cardinality(p_pool)]);
    v_left bigint[] := array_fill(0::bigint, ARRAY[cardinality(p_pool)]);
    v_off bigint[] := array_fill(0::bigint, ARRAY[cardinality(p_pool)]);
    v_flash boolean := false;
    v_goods bigint := 0;
    v_scope bigint;
    v_rest bigint;
    v_give bigint;
    v_told bigint;
    v_piece integer;
    v_is_in boolean;
    c orders_coupon;
    r record;
    n integer;
BEGIN
    -- No answer may leave before its order is on disk, whatever the connection was told.
    PERFORM set_config('synchronous_commit', 'on', true);
    PERFORM pg_advisory_xact_lock(hashtextextended('orders.buyer', p_buyer));
    PERFORM 1 FROM products_stockpool pool WHERE pool.id = ANY(p_pool)
    ORDER BY pool.id FOR NO KEY UPDATE;
    v_now := clock_timestamp();

    SELECT known.id, known.request_hash INTO v_order, v_hash
    FROM orders_order known WHERE known.buyer_id = p_buyer AND known.key = p_key;
    IF v_order IS NOT NULL THEN
        v_outcome := CASE WHEN v_hash = p_hash THEN 'duplicate' ELSE 'conflict' END;
    ELSIF (SELECT count(*) FILTER (WHERE mine.state = 'placed') FROM orders_order mine
           WHERE mine.buyer_id = p_buyer) >= p_most_open THEN  -- as in place_batch.sql
        v_outcome := 'too_many';
    ELSE
        FOR r IN
            SELECT q.pos::integer AS pos, q.quantity, q.price, pool.available, deal.is_flash,
                   coalesce(deal.price_fen, product.list_price_fen) AS price_now,
                   coalesce(product.state = 'listed' AND (
                       pool.deal_id IS NULL
                       OR (deal.state = 'approved'
                           AND deal.starts_at <= v_now AND v_now < deal.ends_at)
                   ), false) AS is_on,
                   deal.per_person_limit, coalesce(counter.quantity, 0) AS had
            FROM unnest(p_pool, p_quantity, p_price) WITH ORDINALITY AS q(pool, quantity, price, pos)
            LEFT JOIN products_stockpool pool ON pool.id = q.pool
            LEFT JOIN products_product product ON product.id = pool.product_id
            LEFT JOIN products_deal deal ON deal.id = pool.deal_id
            LEFT JOIN orders_limitcounter counter
                   ON counter.deal_id = pool.deal_id AND counter.buyer_id = p_buyer
        LOOP
            v_price[r.pos] := r.price_now;
            v_flash := v_flash OR coalesce(r.is_flash, false);
            IF NOT r.is_on THEN
                v_verdict[r.pos] := 'over';
            ELSIF r.price_now <> r.price THEN
                v_verdict[r.pos] := 'price_changed';
            ELSIF r.had + r.quantity > r.per_person_limit THEN
                v_verdict[r.pos] := 'limit';
                v_spare[r.pos] := greatest(r.per_person_limit - r.had, 0);
            ELSIF r.quantity > r.available THEN
                v_verdict[r.pos] := 'sold_out';
                v_spare[r.pos] := r.available;
            ELSE
                v_verdict[r.pos] := 'ok';
                v_left[r.pos] := r.price_now::bigint * r.quantity;
            END IF;
        END LOOP;
        IF NOT 'ok' = ALL(v_verdict) THEN
            v_outcome := 'lines';
        END IF;
    END IF;

    IF v_outcome IS NULL AND cardinality(p_coupon) > 0 THEN
        v_goods := (SELECT sum(fen) FROM unnest(v_left) AS fen);
        PERFORM 1 FROM orders_coupon coupon WHERE coupon.id = ANY(p_coupon)
        ORDER BY coupon.id FOR NO KEY UPDATE;
        FOR n IN 1 .. cardinality(p_coupon) LOOP
            SELECT * INTO c FROM orders_coupon coupon WHERE coupon.id = p_coupon[n];
            v_culprit := p_coupon[n];
            IF c.id IS NULL OR c.is_stopped OR v_now < c.starts_at OR v_now >= c.ends_at
               OR (c.holder_id IS NOT NULL AND c.holder_id <> p_buyer)
               OR (cardinality(p_coupon) > 1 AND NOT c.is_stackable) THEN
                v_outcome := 'coupon_over';
            ELSIF c.used >= c.total_limit THEN
                v_outcome := 'coupon_used_up';
            ELSIF (SELECT count(*) FROM orders_couponuse mine
                   WHERE mine.coupon_id = c.id AND mine.buyer_id = p_buyer
                     AND mine.state <> 'released') >= c.per_person_limit THEN
                v_outcome := 'coupon_person';
            END IF;
            EXIT WHEN v_outcome IS NOT NULL;
            v_scope := 0; v_rest := 0; v_told := 0;
            FOR r IN
                SELECT q.pos::integer AS pos,
                       NOT coalesce(deal.is_flash, false)
                       AND (c.festival_id IS NULL
                            OR coalesce(deal.festival_id = c.festival_id, false))
                       AND (c.prefecture_id IS NULL OR product.prefecture_id = c.prefecture_id)
                       AND (c.producer_id IS NULL OR product.producer_id = c.producer_id)
                       AS is_in
                FROM unnest(p_pool) WITH ORDINALITY AS q(pool, pos)
                JOIN products_stockpool pool ON pool.id = q.pool
                JOIN products_product product ON product.id = pool.product_id
                LEFT JOIN products_deal deal ON deal.id = pool.deal_id
            LOOP
                v_piece := p_discount[(n - 1) * v_lines + r.pos];
                IF r.is_in THEN
                    v_scope := v_scope + v_price[r.pos]::bigint * p_quantity[r.pos];
                    v_rest := v_rest + v_left[r.pos];
                END IF;
                IF v_piece < 0 OR v_piece > v_left[r.pos] OR (v_piece > 0 AND NOT r.is_in) THEN
                    v_outcome := 'coupon_changed';
                END IF;
                v_told := v_told + v_piece;
                v_left[r.pos] := v_left[r.pos] - v_piece;
                v_off[r.pos] := v_off[r.pos] + v_piece;
            END LOOP;
            -- The same rule as orders.domain.coupons: half a fen up, and one yuan is left to pay.
            v_give := least(
                coalesce(c.amount_fen, (v_rest * c.percent_bps * 2 + 10000) / 20000),
                c.most_fen, v_rest, greatest(v_goods - 100, 0));
            v_goods := v_goods - v_told;
            IF v_scope < c.minimum_fen OR v_scope = 0 THEN
                v_outcome := 'coupon_minimum';
            ELSIF v_told IS DISTINCT FROM v_give OR v_give = 0 THEN
                v_outcome := 'coupon_changed';
            END IF;
            EXIT WHEN v_outcome IS NOT NULL;
        END LOOP;
    END IF;

    IF v_outcome IS NULL THEN
        v_outcome := 'placed';
        v_culprit := NULL;
        v_due := v_now + make_interval(
            secs => CASE WHEN v_flash THEN p_flash_hold_seconds ELSE p_hold_seconds END);
        INSERT INTO orders_order (
            number, buyer_id, key, request_hash, broadcast_id, state, currency, items_fen,
            freight_fen, discount_fen, total_fen, address, perishable_accepted_at,
            placed_at, expires_at)
        SELECT p_number, p_buyer, p_key, p_hash,
               -- the order's own show only where all of it was bought in one
               CASE WHEN count(DISTINCT coalesce(q.broadcast, 0)) = 1 THEN min(q.broadcast) END,
               'placed', 'cny', sum(q.price * q.quantity), p_freight, sum(q.off),
               sum(q.price * q.quantity - q.off) + p_freight, p_address,
               CASE WHEN p_perishable THEN v_now END, v_now, v_due
        FROM unnest(v_price, p_quantity, p_broadcast, v_off) AS q(price, quantity, broadcast, off)
        RETURNING id INTO v_order;

        INSERT INTO orders_orderline (
            order_id, product_id, deal_id, name_zh, name_en, unit_zh, unit_en, quantity,
            unit_price_fen, base_price_fen, amount_fen, discount_fen, broadcast_id,
            producer_id, producer_fen, packing_fen, freight_fen)
        SELECT v_order, pool.product_id, pool.deal_id, product.name_zh, product.name_en,
               product.unit_zh, product.unit_en, q.quantity, q.price, deal.base_price_fen,
               q.price * q.quantity, q.off, q.broadcast, product.producer_id,
               product.producer_cost_fen, product.packing_fen, product.freight_fen
        FROM unnest(p_pool, v_price, p_quantity, p_broadcast, v_off) WITH ORDINALITY
             AS q(pool, price, quantity, broadcast, off, pos)
        JOIN products_stockpool pool ON pool.id = q.pool
        JOIN products_product product ON product.id = pool.product_id
        LEFT JOIN products_deal deal ON deal.id = pool.deal_id
        ORDER BY q.pos;

        INSERT INTO orders_hold (order_id, pool_id, quantity, state, expires_at)
        SELECT v_order, q.pool, q.quantity, 'held', v_due
        FROM unnest(p_pool, p_quantity) AS q(pool, quantity);

        INSERT INTO orders_orderevent (order_id, from_state, to_state, actor_id, note, at)
        VALUES (v_order, '', 'placed', p_buyer, '', v_now);

        INSERT INTO orders_limitcounter (deal_id, buyer_id, quantity)
        SELECT pool.deal_id, p_buyer, q.quantity
        FROM unnest(p_pool, p_quantity) AS q(pool, quantity)
        JOIN products_stockpool pool ON pool.id = q.pool
        WHERE pool.deal_id IS NOT NULL ORDER BY pool.deal_id
        ON CONFLICT (deal_id, buyer_id)
        DO UPDATE SET quantity = orders_limitcounter.quantity + excluded.quantity;

        INSERT INTO orders_couponuse (coupon_id, buyer_id, order_id, discount_fen, state, at)
        SELECT q.coupon, p_buyer, v_order, sum(p_discount[(q.pos - 1) * v_lines + line]),
               'held', v_now
        FROM unnest(p_coupon) WITH ORDINALITY AS q(coupon, pos),
             generate_series(1, v_lines) AS line
        GROUP BY q.coupon, q.pos ORDER BY q.coupon;

        UPDATE products_stockpool pool
        SET available = pool.available - q.quantity, held = pool.held + q.quantity,
            version = pool.version + 1
        FROM unnest(p_pool, p_quantity) AS q(pool, quantity) WHERE pool.id = q.pool;
    END IF;

    RETURN QUERY
        SELECT line.pos, v_verdict[line.pos], v_price[line.pos], v_spare[line.pos],
               v_outcome, v_culprit, o.id, o.number::text, o.total_fen, o.expires_at,
               pool.id, pool.available, pool.total, pool.version
        FROM generate_subscripts(p_pool, 1) AS line(pos)
        LEFT JOIN orders_order o ON o.id = v_order
        LEFT JOIN products_stockpool pool ON pool.id = p_pool[line.pos]
        ORDER BY 1;
END $$;
