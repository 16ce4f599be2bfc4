-- Buyers who waited together, in the order in which they came: one verdict each, one commit.
--
-- All arrays have one element a request. `p_price` is the unit price in fen that the buyer saw,
-- never the price that is charged. Two requests of one batch must not share (buyer, key): the
-- caller sees to it. Pools are locked once, in the order of their ids, so that batches of
-- several processes cannot deadlock; every other writer of a pool takes one pool at a time or
-- the same order. Limit counters are written only under their pool's lock.
--
-- `p_freight` is what carriage adds to the order, in fen; the caller has compared it with what the
-- buyer saw. `p_most_open` is how many orders of one buyer may wait for payment.
--
-- verdict: placed | duplicate (same key, same wish: that order) | conflict (same key, another
-- wish) | too_many | over | price_changed | limit | sold_out. `left_` … `version` are the pool's level
-- after the batch.
CREATE FUNCTION orders_place_batch(
    p_pool bigint[], p_buyer bigint[], p_quantity integer[], p_price integer[], p_key uuid[],
    p_hash text[], p_number text[], p_broadcast bigint[], p_address jsonb[],
    p_perishable boolean[], p_freight integer[], p_hold_seconds integer,
    p_flash_hold_seconds integer, p_most_open integer
) RETURNS TABLE (
    pos integer, verdict text, order_id bigint, number text, total_fen integer,
    price_fen integer, spare integer, expires_at timestamptz,
    pool_id bigint, left_ integer, total integer, version bigint
)
-- All is looked up by keys. A plan made when the shop was still empty would read whole tables, and
-- a connection keeps its plans.
LANGUAGE plpgsql SET lock_timeout = '5s' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz;
    v_pool bigint;
    v_left integer;
    v_verdict text[] := array_fill(NULL::text, ARRAY[cardinality(p_pool)]);
    v_order bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_pool)]);
    v_price integer[] := array_fill(NULL::integer, ARRAY[cardinality(p_pool)]);
    v_spare integer[] := array_fill(NULL::integer, ARRAY[cardinality(p_pool)]);
    v_taken integer[] := array_fill(0, ARRAY[cardinality(p_pool)]);
    v_opened integer[] := array_fill(0, ARRAY[cardinality(p_pool)]);
    r record;
BEGIN
    -- No answer may leave before its order is on disk, whatever the connection was told.
    PERFORM set_config('synchronous_commit', 'on', true);
    PERFORM 1 FROM products_stockpool pool WHERE pool.id = ANY(p_pool)
    ORDER BY pool.id FOR NO KEY UPDATE;
    v_now := clock_timestamp();  -- after the wait for the lock: a sale may have ended meanwhile

    FOR r IN
        SELECT q.pos::integer AS pos, q.pool, q.quantity, q.price, q.hash,
               pool.available,
               coalesce(deal.price_fen, product.list_price_fen) AS price_now,
               coalesce(product.state = 'listed' AND (
                   pool.deal_id IS NULL
                   OR (deal.state = 'approved' AND deal.starts_at <= v_now AND v_now < deal.ends_at)
               ), false) AS is_on,
               deal.per_person_limit,
               coalesce(counter.quantity, 0) AS had,
               dense_rank() OVER (ORDER BY q.pool, q.buyer)::integer AS who,
               dense_rank() OVER (ORDER BY q.buyer)::integer AS person,
               -- No hold lives longer than twice its time and the sweep's patience. The state is
               -- asked last, or the plan may walk through everybody's unpaid orders instead.
               (SELECT count(*) FILTER (WHERE mine.state = 'placed') FROM orders_order mine
                WHERE mine.buyer_id = q.buyer
                  AND mine.placed_at > v_now - make_interval(secs => 3600 + 2 * p_hold_seconds)
               ) AS open_orders,
               known.id AS known_id, known.request_hash AS known_hash
        FROM unnest(p_pool, p_buyer, p_quantity, p_price, p_key, p_hash)
             WITH ORDINALITY AS q(pool, buyer, quantity, price, key, hash, pos)
        LEFT JOIN products_stockpool pool ON pool.id = q.pool
        LEFT JOIN products_product product ON product.id = pool.product_id
        LEFT JOIN products_deal deal ON deal.id = pool.deal_id
        LEFT JOIN orders_limitcounter counter
               ON counter.deal_id = pool.deal_id AND counter.buyer_id = q.buyer
        LEFT JOIN orders_order known ON known.buyer_id = q.buyer AND known.key = q.key
        ORDER BY q.pool, q.pos
    LOOP
        IF v_pool IS DISTINCT FROM r.pool THEN
            v_pool := r.pool;
            v_left := coalesce(r.available, 0);
        END IF;
        v_price[r.pos] := r.price_now;
        IF r.known_id IS NOT NULL THEN
            v_verdict[r.pos] := CASE WHEN r.known_hash = r.hash THEN 'duplicate' ELSE 'conflict' END;
            v_order[r.pos] := r.known_id;
        ELSIF r.open_orders + v_opened[r.person] >= p_most_open THEN
            v_verdict[r.pos] := 'too_many';
        ELSIF NOT r.is_on THEN
            v_verdict[r.pos] := 'over';
        ELSIF r.price_now <> r.price THEN
            v_verdict[r.pos] := 'price_changed';
        ELSIF r.had + v_taken[r.who] + r.quantity > r.per_person_limit THEN
            v_verdict[r.pos] := 'limit';
            v_spare[r.pos] := greatest(r.per_person_limit - r.had - v_taken[r.who], 0);
        ELSIF r.quantity > v_left THEN
            v_verdict[r.pos] := 'sold_out';
            v_spare[r.pos] := v_left;
        ELSE
            v_verdict[r.pos] := 'placed';
            v_left := v_left - r.quantity;
            v_taken[r.who] := v_taken[r.who] + r.quantity;
            v_opened[r.person] := v_opened[r.person] + 1;
        END IF;
    END LOOP;

    IF 'placed' = ANY(v_verdict) THEN
        WITH wish AS MATERIALIZED (
            SELECT q.*, pool.product_id, pool.deal_id,
                   v_now + make_interval(secs => CASE WHEN deal.is_flash
                       THEN p_flash_hold_seconds ELSE p_hold_seconds END) AS due
            FROM unnest(p_pool, p_buyer, p_quantity, v_price, p_key, p_hash, p_number, p_broadcast,
                        p_address, p_perishable, p_freight, v_verdict) WITH ORDINALITY
                 AS q(pool, buyer, quantity, price, key, hash, number, broadcast,
                      address, perishable, freight, verdict, pos)
            JOIN products_stockpool pool ON pool.id = q.pool
            LEFT JOIN products_deal deal ON deal.id = pool.deal_id
            WHERE q.verdict = 'placed'
        ), placed AS (
            INSERT INTO orders_order (
                number, buyer_id, key, request_hash, broadcast_id, state, currency, items_fen,
                freight_fen, discount_fen, total_fen, address, perishable_accepted_at,
                placed_at, expires_at)
            SELECT wish.number, buyer, key, hash, broadcast, 'placed', 'cny', price * quantity,
                   freight, 0, price * quantity + freight, address, CASE WHEN perishable THEN v_now END,
                   v_now, due
            FROM wish ORDER BY wish.pos
            RETURNING id, orders_order.number
        ), joined AS (
            SELECT placed.id AS order_id, wish.* FROM placed JOIN wish USING (number)
        ), lines AS (
            INSERT INTO orders_orderline (
                order_id, product_id, deal_id, name_zh, name_en, unit_zh, unit_en, quantity,
                unit_price_fen, base_price_fen, amount_fen,
                producer_id, producer_fen, packing_fen, freight_fen, broadcast_id)
            SELECT joined.order_id, joined.product_id, joined.deal_id, product.name_zh,
                   product.name_en, product.unit_zh, product.unit_en, joined.quantity,
                   joined.price, deal.base_price_fen, joined.price * joined.quantity,
                   product.producer_id, product.producer_cost_fen, product.packing_fen,
                   product.freight_fen, joined.broadcast
            FROM joined JOIN products_product product ON product.id = joined.product_id
            LEFT JOIN products_deal deal ON deal.id = joined.deal_id
        ), holds AS (
            INSERT INTO orders_hold (order_id, pool_id, quantity, state, expires_at)
            SELECT joined.order_id, pool, quantity, 'held', due FROM joined
        ), events AS (
            INSERT INTO orders_orderevent (order_id, from_state, to_state, actor_id, note, at)
            SELECT joined.order_id, '', 'placed', buyer, '', v_now FROM joined
        ), limits AS (
            INSERT INTO orders_limitcounter (deal_id, buyer_id, quantity)
            SELECT deal_id, buyer, sum(quantity) FROM wish WHERE deal_id IS NOT NULL
            GROUP BY deal_id, buyer
            ON CONFLICT (deal_id, buyer_id)
            DO UPDATE SET quantity = orders_limitcounter.quantity + excluded.quantity
        ), moved AS (
            UPDATE products_stockpool pool
            SET available = pool.available - asked.units, held = pool.held + asked.units,
                version = pool.version + 1
            FROM (SELECT wish.pool AS id, sum(quantity)::integer AS units FROM wish GROUP BY 1) asked
            WHERE pool.id = asked.id
        )
        SELECT array_agg(coalesce(joined.order_id, v_order[n.pos]) ORDER BY n.pos) INTO v_order
        FROM generate_subscripts(p_pool, 1) AS n(pos) LEFT JOIN joined ON joined.pos = n.pos;
    END IF;

    RETURN QUERY
        SELECT n.pos, v_verdict[n.pos], o.id, o.number::text, o.total_fen, v_price[n.pos],
               v_spare[n.pos], o.expires_at, pool.id, pool.available, pool.total, pool.version
        FROM generate_subscripts(p_pool, 1) AS n(pos)
        LEFT JOIN LATERAL (  -- one by one: a join may read the whole table for every batch
            SELECT * FROM orders_order known WHERE known.id = v_order[n.pos] OFFSET 0
        ) o ON true
        LEFT JOIN products_stockpool pool ON pool.id = p_pool[n.pos];
END $$;

-- As the release before called it: its processes still run while a new one is rolled out.
CREATE OR REPLACE FUNCTION orders_place_batch(
    p_pool bigint[], p_buyer bigint[], p_quantity integer[], p_price integer[], p_key uuid[],
    p_hash text[], p_number text[], p_broadcast bigint[], p_address jsonb[],
    p_perishable boolean[], p_hold_seconds integer, p_flash_hold_seconds integer
) RETURNS TABLE (
    pos integer, verdict text, order_id bigint, number text, total_fen integer,
    price_fen integer, spare integer, expires_at timestamptz,
    pool_id bigint, left_ integer, total integer, version bigint
)
LANGUAGE sql AS $$
    SELECT * FROM orders_place_batch(
        p_pool, p_buyer, p_quantity, p_price, p_key, p_hash, p_number, p_broadcast, p_address,
        p_perishable, array_fill(0, ARRAY[cardinality(p_pool)]), p_hold_seconds,
        p_flash_hold_seconds, 2147483647)
$$;
