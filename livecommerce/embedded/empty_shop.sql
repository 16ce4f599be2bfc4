-- What the migrations below make of an empty database. Made by `make empty-shop`.
-- PostgreSQL 18
-- from contenttypes 0001_initial 35ed8489a147e0b4
-- from contenttypes 0002_remove_content_type_name 7d36494075750f0e
-- from auth 0001_initial 845cff319606332f
-- from auth 0002_alter_permission_name_max_length feaf97e0e8f7d148
-- from auth 0003_alter_user_email_max_length 9d5657b4db9872dc
-- from auth 0004_alter_user_username_opts 9538db342c9a9bec
-- from auth 0005_alter_user_last_login_null 79f60a35dc000fdd
-- from auth 0006_require_contenttypes_0002 00cb16e3405f14b6
-- from auth 0007_alter_validators_add_error_messages 115db87dc327530f
-- from auth 0008_alter_user_username_max_length 02857f65f7d64814
-- from auth 0009_alter_user_last_name_max_length 19a89500e7f108a7
-- from auth 0010_alter_group_name_max_length 0963ed6498ac0b3a
-- from auth 0011_update_proxy_permissions 85a5dde708dc4b61
-- from auth 0012_alter_user_first_name_max_length 6cefbc9f80903763
-- from accounts 0001_initial 32c6c37176b2e1a2
-- from account 0001_initial 6f27ff6bdf57521a
-- from account 0002_email_max_length c956ab7a3c3660a1
-- from account 0003_alter_emailaddress_create_unique_verified_email 66b6f1939621bcfa
-- from account 0004_alter_emailaddress_drop_unique_email ebc6317e90c47d7a
-- from account 0005_emailaddress_idx_upper_email e7569f1662da1754
-- from account 0006_emailaddress_lower 54adb08cb3fba66b
-- from account 0007_emailaddress_idx_email 87fad70bfde8ae29
-- from account 0008_emailaddress_unique_primary_email_fixup 794bf875bdbef9c4
-- from account 0009_emailaddress_unique_primary_email 79762cfa7b1e1d7c
-- from accounts 0002_own_data 9aa9b64794d45aae
-- from admin 0001_initial f4716989d9815b62
-- from admin 0002_logentry_remove_auto_add 2c127e659a2236ed
-- from admin 0003_logentry_add_action_flag_choices 02700a827190720e
-- from audit 0001_initial a46b25cb62b19993
-- from mfa 0001_initial a42b6353f2ed5dd7
-- from mfa 0002_authenticator_timestamps b6566eb07301e2e4
-- from mfa 0003_authenticator_type_uniq 88550a456154080c
-- from notifications 0001_initial 053cbcba957caa9d
-- from notifications 0002_push b259248bcf56b673
-- from notifications 0003_back_in_stock_and_voices 351e3f9a3787e3cd
-- from officials 0001_initial e7b97d97b0a5bc03
-- from officials 0002_words 26328888235fe076
-- from officials 0003_identity_checks f048d9b4d6f7c88e
-- from products 0001_initial 6d4ec13d37d1a72f
-- from streams 0001_initial ef53b7a8d52a52df
-- from streams 0002_badges_and_shelf_versions d07832823a40e8ee
-- from streams 0003_shelf_told 9d26e5c179440cd4
-- from products 0002_honest_prices 66fac4138f8eca39
-- from products 0003_curated_prefecture 10e8ee6aeff7d3c3
-- from products 0004_words c8f775e0caa5a439
-- from products 0005_platform_share f83ef272dafc34a7
-- from products 0006_flash_sales f41f7e7eb6b05ab7
-- from streams 0004_flash_sales 504198a4bfaf9afa
-- from streams 0005_chat_and_its_safety b29b4b851514e531
-- from streams 0006_replays 6b3dad7b6b2f1c15
-- from streams 0007_questions a4c44a841b9d7a68
-- from streams 0008_run_of_show eb3970b351a90511
-- from streams 0009_draws_and_polls 41def9332fb0fe79
-- from streams 0010_cockpit_relay_and_rehearsals 9b9588a5942e8d05
-- from streams 0011_stream_keys 19a3e3a1cfe07113
-- from streams 0012_run_words 11a0040654e9375f
-- from streams 0013_cockpit_advice 09490da7b4d55e42
-- from orders 0001_initial 302e7da2f69b8247
-- from orders 0002_snapshots_and_due_times 313d6fde7c24d920
-- from orders 0003_checkout_and_ledger 318df992a4ceb66e
-- from orders 0004_names_people_read 8ca2003b1ca8fe61
-- from orders 0005_parcels_and_reviews 8d07fc95111ab03f
-- from orders 0006_refund_requests_and_disputes 7daa9a7e002c9c9a
-- from orders 0007_refunds_are_counted 1e286b76b864bd76
-- from orders 0008_baskets_coupons_freight c86a19019d5052fb
-- from orders 0009_payouts_and_differences cdee100df83e6013
-- from orders 0010_carts_holds_and_coupons f91154da43b11b8e
-- from orders 0011_freight_and_shows_in_the_batch 14e3bb8385a6fcd1
-- from orders 0012_refunds_remember_their_tries 3914a966413f4cd5
-- from orders 0013_nothing_of_a_rehearsal 42f321d8c2cf3324
-- from orders 0014_festival_screens 0df4e6de8f829b93
-- from orders 0015_integrity e7cc160c82cf84b6
-- from orders 0016_open_orders_of_a_buyer 028b94f919a8bc71
-- from orders 0017_offices_answer_reviews 60623aadef7124bf
-- from orders 0018_payer_marks d9ab0a4c926f31bb
-- from pghistory 0001_initial 962e93fac9c07ea8
-- from pghistory 0002_aggregateevent 87d6dab2224912fe
-- from pghistory 0003_auto_20201023_1636 e504b9fff19d5726
-- from pghistory 0004_auto_20220906_1625 e56c9b8241ad6b33
-- from pghistory 0005_events_middlewareevents fbd7e3d4898c8d3e
-- from pghistory 0006_delete_aggregateevent 071f1fdacb5d72fc
-- from pghistory 0007_auto_20250421_0444 f949446b99175374
-- from products 0007_search ca92fcda6c9822b2
-- from products 0008_stock_watches a5ba24ba7aab9bb1
-- from products 0009_curation 77dbc9c2bc6f07ac
-- from products 0010_deals_taken_back 4c7e169b99fa62b9
-- from products 0011_sheets 78bffcd306417999
-- from products 0012_pictures_made_by_ai 9fd38628ee50b0aa
-- from products 0013_deals_by_two 5417b2fdc207772d
-- from sessions 0001_initial 2aa438e2393ee513
-- from streams 0014_demands f79d7e4bc7adf3fa
-- from streams 0015_show_approvals 287738e73d08b519
-- from streams 0016_watching 4f22014e58731f4e
-- from streams 0017_picture_source 8b96b7ee49fa687a
-- from streams 0018_rehearsed_flash_sales cc981db38fab7d11
-- from streams 0019_practice_draws 219dc206d074fa50
-- from streams 0020_practice_draws_go 52425c3ace31835a
-- from usersessions 0001_initial b5d23c8ce0644061
-- from audit sql/audit_entries_stay.sql 26575fc7dc60cefe
-- from orders sql/coupons.sql 0512dfe80467ef57
-- from orders sql/holds.sql 617fa92f469452e4
-- from orders sql/ledger.sql 03dec0dad9c21d15
-- from orders sql/limits.sql 9424dee38035cd22
-- from orders sql/place_batch.sql 5b75b7e7b0db8a88
-- from orders sql/place_batch_of_0003.sql 9a0675bfb673b61e
-- from orders sql/place_cart.sql d9e8338867809f4c
-- from orders sql/refunds.sql c90a3ef61219f56c
-- from products sql/submissions.sql bbfd92827e8be14d
-- from streams sql/draws.sql 3020b93cace85e85
-- from streams sql/flash_sales.sql e187e46c3b1b5b29
-- from streams sql/moderation_book.sql b0bf79e8af6c1cbb
-- from streams sql/polls.sql 42b2e2a914aad6ca
-- from streams sql/portrait_consent.sql 29ede2dc38d4963f
-- from streams sql/practice_draws.sql 3cb2f80c7382cd7e
-- from streams sql/practice_draws_go.sql 8a7094dfb99aa510
-- from streams sql/practice_draws_stay.sql 59adf883d0fb96b9
-- from streams sql/run_of_show.sql 46a620a223ac5946
-- from streams sql/show_approvals.sql b133dadcf426635b

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE FUNCTION public._pgh_attach_context() RETURNS uuid
    LANGUAGE plpgsql
    AS $$
                    DECLARE
                        _pgh_context_id UUID;
                        _pgh_context_metadata JSONB;
                    BEGIN
                        BEGIN
                            SELECT INTO _pgh_context_id
                                CURRENT_SETTING('pghistory.context_id');
                            SELECT INTO _pgh_context_metadata
                                CURRENT_SETTING('pghistory.context_metadata');
                            EXCEPTION WHEN OTHERS THEN
                        END;
                        IF _pgh_context_id IS NOT NULL AND _pgh_context_metadata IS NOT NULL THEN
                            INSERT INTO pghistory_context (id, metadata, created_at, updated_at)
                                VALUES (_pgh_context_id, _pgh_context_metadata, NOW(), NOW())
                                ON CONFLICT (id) DO UPDATE
                                    SET metadata = EXCLUDED.metadata,
                                        updated_at = EXCLUDED.updated_at
                                    WHERE pghistory_context.metadata != EXCLUDED.metadata;
                            RETURN _pgh_context_id;
                        ELSE
                            RETURN NULL;
                        END IF;
                    END;
                $$;
CREATE FUNCTION public.audit_entries_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Emptying a whole demo or test database asks for it by name.
    IF TG_OP = 'TRUNCATE'
       AND coalesce(current_setting('livecommerce.allow_truncate', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE'
       AND coalesce(current_setting('livecommerce.allow_retention', true), '') = 'on'
       AND OLD.at < clock_timestamp() - interval '3 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit book is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_append_only';
END $$;
CREATE FUNCTION public.orders_coupon_is_counted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_counted boolean := TG_OP <> 'INSERT' AND OLD.state <> 'released';
    v_counts boolean := TG_OP <> 'DELETE' AND NEW.state <> 'released';
    v_coupon orders_coupon;
BEGIN
    IF v_counts AND NOT v_counted THEN
        SELECT * INTO v_coupon FROM orders_coupon WHERE id = NEW.coupon_id FOR NO KEY UPDATE;
        IF v_coupon.used >= v_coupon.total_limit THEN
            RAISE EXCEPTION 'coupon % has been used % times', v_coupon.code, v_coupon.used
                USING ERRCODE = 'check_violation', CONSTRAINT = 'coupon_within_its_limit';
        END IF;
        IF (SELECT count(*) FROM orders_couponuse held
            WHERE held.coupon_id = NEW.coupon_id AND held.buyer_id = NEW.buyer_id
              AND held.state <> 'released' AND held.id <> NEW.id) >= v_coupon.per_person_limit THEN
            RAISE EXCEPTION 'coupon % more than % a person', v_coupon.code,
                v_coupon.per_person_limit
                USING ERRCODE = 'check_violation', CONSTRAINT = 'coupon_person_limit';
        END IF;
        UPDATE orders_coupon SET used = used + 1 WHERE id = NEW.coupon_id;
    ELSIF v_counted AND NOT v_counts THEN
        UPDATE orders_coupon SET used = used - 1 WHERE id = OLD.coupon_id;
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION public.orders_coupon_use_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'a use stays with its coupon, buyer and order'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'coupon_use_stays';
END $$;
CREATE FUNCTION public.orders_hold_extends_once() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.extended_at IS NOT NULL OR NEW.extended_at IS NULL THEN
        RAISE EXCEPTION 'hold % may be extended once, with the time of it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_extends_once';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.orders_ledger_balances() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_id bigint := CASE WHEN TG_TABLE_NAME = 'orders_entry'
                        THEN (to_jsonb(NEW) ->> 'transaction_id')::bigint ELSE NEW.id END;
    v_lines integer;
    v_off text;
BEGIN
    SELECT sum(lines), string_agg(currency || ' ' || amount, ', ') FILTER (WHERE amount <> 0)
    INTO v_lines, v_off
    FROM (SELECT currency, count(*) AS lines, sum(amount_fen) AS amount
          FROM orders_entry WHERE transaction_id = v_id GROUP BY currency) sums;
    IF coalesce(v_lines, 0) < 2 OR v_off IS NOT NULL THEN
        RAISE EXCEPTION 'ledger transaction % does not balance: % entries, off by %',
            v_id, coalesce(v_lines, 0), coalesce(v_off, 'nothing')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balances';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.orders_ledger_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Emptying a whole demo or test database asks for it by name.
    IF TG_OP = 'TRUNCATE'
       AND coalesce(current_setting('livecommerce.allow_truncate', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_append_only';
END $$;
CREATE FUNCTION public.orders_limit_is_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM grown JOIN products_deal deal ON deal.id = grown.deal_id
        WHERE grown.quantity > deal.per_person_limit
    ) THEN
        RAISE EXCEPTION 'more than the per-person limit'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_is_kept';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.orders_limit_is_kept_later() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM grown JOIN was USING (id) JOIN products_deal deal ON deal.id = grown.deal_id
        WHERE grown.quantity > was.quantity AND grown.quantity > deal.per_person_limit
    ) THEN
        RAISE EXCEPTION 'more than the per-person limit'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_is_kept';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.orders_order_ends_with_its_holds() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.expires_at > (SELECT max(expires_at) FROM orders_hold WHERE order_id = NEW.id) THEN
        RAISE EXCEPTION 'order % would be kept longer than its goods', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_ends_with_its_holds';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.orders_place_batch(p_pool bigint[], p_buyer bigint[], p_quantity integer[], p_price integer[], p_key uuid[], p_hash text[], p_number text[], p_broadcast bigint[], p_address jsonb[], p_perishable boolean[], p_hold_seconds integer, p_flash_hold_seconds integer) RETURNS TABLE(pos integer, verdict text, order_id bigint, number text, total_fen integer, price_fen integer, spare integer, expires_at timestamp with time zone, pool_id bigint, left_ integer, total integer, version bigint)
    LANGUAGE sql
    AS $$
    SELECT * FROM orders_place_batch(
        p_pool, p_buyer, p_quantity, p_price, p_key, p_hash, p_number, p_broadcast, p_address,
        p_perishable, array_fill(0, ARRAY[cardinality(p_pool)]), p_hold_seconds,
        p_flash_hold_seconds, 2147483647)
$$;
CREATE FUNCTION public.orders_place_batch(p_pool bigint[], p_buyer bigint[], p_quantity integer[], p_price integer[], p_key uuid[], p_hash text[], p_number text[], p_broadcast bigint[], p_address jsonb[], p_perishable boolean[], p_freight integer[], p_hold_seconds integer, p_flash_hold_seconds integer, p_most_open integer) RETURNS TABLE(pos integer, verdict text, order_id bigint, number text, total_fen integer, price_fen integer, spare integer, expires_at timestamp with time zone, pool_id bigint, left_ integer, total integer, version bigint)
    LANGUAGE plpgsql
    SET lock_timeout TO '5s'
    SET enable_seqscan TO 'off'
    AS $$
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
CREATE FUNCTION public.orders_place_cart(p_buyer bigint, p_key uuid, p_hash text, p_number text, p_address jsonb, p_perishable boolean, p_pool bigint[], p_quantity integer[], p_price integer[], p_broadcast bigint[], p_freight integer, p_coupon bigint[], p_discount integer[], p_hold_seconds integer, p_flash_hold_seconds integer, p_most_open integer) RETURNS TABLE(pos integer, verdict text, price_fen integer, spare integer, outcome text, culprit bigint, order_id bigint, number text, total_fen integer, expires_at timestamp with time zone, pool_id bigint, left_ integer, total integer, version bigint)
    LANGUAGE plpgsql
    SET lock_timeout TO '5s'
    SET enable_seqscan TO 'off'
    AS $$
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
CREATE FUNCTION public.orders_refund_counts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    v_asked integer := 0;
    v_decided integer := 0;
    v_payment bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.payment_id, NEW.amount_fen) <> (OLD.payment_id, OLD.amount_fen) THEN
        RAISE EXCEPTION 'a refund keeps its payment and amount'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_stays_as_asked';
    END IF;
    IF TG_OP <> 'INSERT' THEN
        v_payment := OLD.payment_id;
        IF OLD.state = 'requested' THEN
            v_asked := v_asked - OLD.amount_fen;
        ELSIF OLD.state IN ('approved', 'in_transit', 'done') THEN
            v_decided := v_decided - OLD.amount_fen;
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        v_payment := NEW.payment_id;
        IF NEW.state = 'requested' THEN
            v_asked := v_asked + NEW.amount_fen;
        ELSIF NEW.state IN ('approved', 'in_transit', 'done') THEN
            v_decided := v_decided + NEW.amount_fen;
        END IF;
    END IF;
    IF v_asked <> 0 OR v_decided <> 0 THEN
        UPDATE orders_payment
        SET asked_fen = asked_fen + v_asked, refunded_fen = refunded_fen + v_decided
        WHERE id = v_payment
          AND (state = 'succeeded' OR v_asked + v_decided < 0);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'payment % has not been paid', v_payment
                USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_of_what_was_paid';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.products_base_price(p_product bigint, p_deal bigint, p_starts_at timestamp with time zone, p_days integer) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
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
CREATE FUNCTION public.products_deal_is_honest() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.products_festival_keeps_its_word() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.products_list_series_mirrors_product() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.products_offered(p_product bigint, p_deal bigint, p_from timestamp with time zone, p_until timestamp with time zone) RETURNS TABLE(price_fen integer, deal_id bigint, span tstzrange)
    LANGUAGE sql STABLE
    AS $$
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
CREATE FUNCTION public.products_platform_share_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.valid_from < clock_timestamp() + interval '1 minute' THEN
            RAISE EXCEPTION 'a share begins a minute from now at the earliest'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'platform_share_ahead';
        END IF;
        RETURN NEW;
    END IF;
    -- Emptying a whole demo or test database asks for it by name.
    IF TG_OP = 'TRUNCATE'
       AND coalesce(current_setting('livecommerce.allow_truncate', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'shares are append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'platform_share_append_only';
END $$;
CREATE FUNCTION public.products_price_point_is_true() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.products_price_point_keeps_deals_honest() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.products_price_points_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Emptying a whole demo or test database asks for it by name.
    IF TG_OP = 'TRUNCATE'
       AND coalesce(current_setting('livecommerce.allow_truncate', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'price history is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'price_points_append_only';
END $$;
CREATE FUNCTION public.products_record_deal_price() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.products_record_list_price() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.products_submission_is_judged_by_others() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    owner integer;
BEGIN
    SELECT producer.user_id INTO owner
    FROM products_product product
    JOIN products_producer producer ON producer.id = product.producer_id
    WHERE product.id = NEW.product_id;
    IF owner IS NOT NULL
       AND (NEW.checked_by_id = owner OR (NEW.state = 'approved' AND NEW.decided_by_id = owner))
    THEN
        RAISE EXCEPTION 'submission %: goods of one''s own', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_of_own_goods';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.submitted_by_id, OLD.product_id, OLD.kind)
       IS DISTINCT FROM (NEW.submitted_by_id, NEW.product_id, NEW.kind) THEN
        RAISE EXCEPTION 'submission %: who submitted what is not rewritten', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_keeps_its_sender';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.streams_draw_entry_counts() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
DECLARE
    draw record;
    now_ timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- An account that is deleted leaves its mark and nothing else.
        IF NEW.user_id IS NULL AND (NEW.id, NEW.draw_id, NEW.nonce, NEW.mark, NEW.entered_at)
            IS NOT DISTINCT FROM (OLD.id, OLD.draw_id, OLD.nonce, OLD.mark, OLD.entered_at)
            AND NEW.device IN ('', OLD.device)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'entries of a draw stay as they are'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_entries_stay';
    END IF;
    SELECT public_id, state, opens_at, closes_at INTO draw
      FROM streams_draw WHERE id = NEW.draw_id FOR KEY SHARE;
    now_ := clock_timestamp();
    IF draw.state IS DISTINCT FROM 'open' OR now_ < draw.opens_at OR now_ >= draw.closes_at THEN
        RAISE EXCEPTION 'draw % takes no entries now', NEW.draw_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_not_open';
    END IF;
    IF NEW.user_id IS NULL AND NOT (NEW.draw_id < 0 AND NEW.device ~ '^x[0-9]+$') THEN
        RAISE EXCEPTION 'an entry is of somebody'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_entries_stay';
    END IF;
    NEW.entered_at := now_;
    NEW.mark := encode(sha256(convert_to(
        concat_ws(':', draw.public_id, coalesce(NEW.user_id::text, NEW.device), NEW.nonce), 'UTF8')), 'hex');
    RETURN NEW;
END $_$;
CREATE FUNCTION public.streams_draw_is_fixed() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
DECLARE
    was text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
    now_ timestamptz := clock_timestamp();
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state IN ('planned', 'withdrawn') THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'draw % was opened and stays', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_stays';
    END IF;

    IF was IS DISTINCT FROM NEW.state AND NOT coalesce(CASE was
        WHEN 'planned' THEN NEW.state IN ('open', 'withdrawn')
        WHEN 'open' THEN NEW.state = 'closed'
        WHEN 'closed' THEN NEW.state = 'drawn'
    END, was IS NULL AND NEW.state = 'planned') THEN
        RAISE EXCEPTION 'draw %: % does not follow %', NEW.id, NEW.state, was
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_state';
    END IF;

    IF TG_OP = 'UPDATE' AND (
        NEW.public_id, NEW.broadcast_id, NEW.key, NEW.prize_zh, NEW.prize_en, NEW.prize_fen,
        NEW.places, NEW.must_follow, NEW.passphrase, NEW.min_minutes, NEW.entry_seconds,
        NEW.if_unclaimed, NEW.terms_hash, NEW.planned_by_id, NEW.planned_at)
        IS DISTINCT FROM (
        OLD.public_id, OLD.broadcast_id, OLD.key, OLD.prize_zh, OLD.prize_en, OLD.prize_fen,
        OLD.places, OLD.must_follow, OLD.passphrase, OLD.min_minutes, OLD.entry_seconds,
        OLD.if_unclaimed, OLD.terms_hash, OLD.planned_by_id, OLD.planned_at)
    THEN
        RAISE EXCEPTION 'draw % keeps its terms', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_keeps_its_terms';
    END IF;

    -- The commitment stands before the first entry, and stays.
    IF NEW.state = 'open' AND was = 'planned' THEN
        IF NOT coalesce(
            NEW.seed_hash ~ '^[0-9a-f]{64}$' AND NEW.seed_sealed <> ''
            AND NEW.opened_by_id IS NOT NULL
            AND NEW.announced_at BETWEEN now_ - interval '30 seconds' AND now_ + interval '1 second'
            AND NEW.opens_at >= NEW.announced_at + interval '3 seconds'
            AND NEW.closes_at = NEW.opens_at + make_interval(secs => NEW.entry_seconds)
            AND (NEW.beacon_round IS NULL OR NEW.beacon_round > 0), false)
        THEN
            RAISE EXCEPTION 'draw % is not opened as it was planned', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_opened_as_planned';
        END IF;
    ELSIF (TG_OP = 'INSERT' AND (NEW.seed_hash <> '' OR NEW.seed_sealed <> ''))
        OR (TG_OP = 'UPDATE' AND (
        NEW.seed_hash, NEW.seed_sealed, NEW.opened_by_id, NEW.announced_at, NEW.opens_at,
        NEW.closes_at, NEW.beacon_round, NEW.media_start_ms)
        IS DISTINCT FROM (
        OLD.seed_hash, OLD.seed_sealed, OLD.opened_by_id, OLD.announced_at, OLD.opens_at,
        OLD.closes_at, OLD.beacon_round, OLD.media_start_ms))
    THEN
        RAISE EXCEPTION 'draw % keeps its commitment', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_keeps_its_commitment';
    END IF;

    -- The list closes at its time, not a moment earlier. Entries on their way hold FOR KEY SHARE of
    -- this row: they are waited for, and whoever comes later finds it closed.
    IF NEW.state = 'closed' AND was = 'open' THEN
        IF now_ < NEW.closes_at THEN
            RAISE EXCEPTION 'draw % is open until its time', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_not_over';
        END IF;
        PERFORM 1 FROM streams_draw WHERE id = NEW.id FOR UPDATE;
        SELECT count(*),
               encode(sha256(convert_to(
                   coalesce(string_agg(mark, E'\n' ORDER BY mark COLLATE "C"), ''), 'UTF8')), 'hex')
          INTO NEW.entries_count, NEW.entries_hash
          FROM streams_drawentry WHERE draw_id = NEW.id;
        NEW.closed_at := clock_timestamp();
    ELSIF (TG_OP = 'INSERT' AND NEW.entries_hash <> '')
        OR (TG_OP = 'UPDATE' AND (NEW.entries_count, NEW.entries_hash, NEW.closed_at)
            IS DISTINCT FROM (OLD.entries_count, OLD.entries_hash, OLD.closed_at))
    THEN
        RAISE EXCEPTION 'draw % keeps its list', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_keeps_its_list';
    END IF;

    -- What is revealed is what was committed to.
    IF NEW.state = 'drawn' AND was = 'closed' THEN
        IF encode(sha256(convert_to(NEW.seed, 'UTF8')), 'hex') <> NEW.seed_hash
            OR NEW.seed !~ '^[0-9a-f]{64}$'
            OR (NEW.beacon_round IS NULL) <> (NEW.beacon_value = '')
            OR (NEW.beacon_value <> '' AND NEW.beacon_value !~ '^[0-9a-f]{64}$')
        THEN
            RAISE EXCEPTION 'draw %: this is not the seed that was committed to', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_reveals_its_seed';
        END IF;
        NEW.drawn_at := clock_timestamp();
    ELSIF (TG_OP = 'INSERT' AND (NEW.seed <> '' OR NEW.beacon_value <> ''))
        OR (TG_OP = 'UPDATE' AND (
        NEW.seed, NEW.beacon_value, NEW.beacon_signature, NEW.drawn_at, NEW.media_end_ms)
        IS DISTINCT FROM (
        OLD.seed, OLD.beacon_value, OLD.beacon_signature, OLD.drawn_at, OLD.media_end_ms))
    THEN
        RAISE EXCEPTION 'draw % keeps its result', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_keeps_its_result';
    END IF;
    RETURN NEW;
END $_$;
CREATE FUNCTION public.streams_draw_key(seed text, draw text, terms text, entries text, beacon text, mark text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT encode(sha256(convert_to(
        concat_ws('|', 'draw-v1', seed, draw, terms, entries, beacon, mark), 'UTF8')), 'hex')
$$;
CREATE FUNCTION public.streams_draw_winner_is_the_one() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    draw streams_draw%ROWTYPE;
    mark text;
    better bigint;
    known bigint;
    taken bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'winners stay'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_winners_stay';
    END IF;

    IF TG_OP = 'UPDATE' THEN
        IF (NEW.draw_id, NEW.entry_id, NEW.rank, NEW.key, NEW.told_at, NEW.deadline)
            IS DISTINCT FROM
            (OLD.draw_id, OLD.entry_id, OLD.rank, OLD.key, OLD.told_at, OLD.deadline)
            OR NOT coalesce(NEW.state = OLD.state OR CASE OLD.state
                WHEN 'told' THEN (NEW.state = 'claimed' AND clock_timestamp() <= OLD.deadline)
                    OR (NEW.state = 'lapsed'
                        AND (clock_timestamp() > OLD.deadline OR NEW.declined_at IS NOT NULL))
                WHEN 'claimed' THEN NEW.state = 'sent'
            END, false)
        THEN
            RAISE EXCEPTION 'winner % of draw % stays', NEW.rank, NEW.draw_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_winners_stay';
        END IF;
        RETURN NEW;
    END IF;

    SELECT * INTO draw FROM streams_draw WHERE id = NEW.draw_id FOR KEY SHARE;
    IF draw.state IS DISTINCT FROM 'drawn' OR NEW.address <> '{}'::jsonb
        OR NEW.state <> (CASE WHEN NEW.draw_id < 0 THEN 'practice' ELSE 'told' END)
    THEN
        RAISE EXCEPTION 'draw % has no winners yet', NEW.draw_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_winners_stay';
    END IF;
    SELECT e.mark INTO mark FROM streams_drawentry e
     WHERE e.id = NEW.entry_id AND e.draw_id = NEW.draw_id;
    NEW.key := streams_draw_key(
        draw.seed, draw.public_id, draw.terms_hash, draw.entries_hash, draw.beacon_value, mark);
    SELECT count(*) INTO better FROM streams_drawentry e
     WHERE e.draw_id = NEW.draw_id AND streams_draw_key(
        draw.seed, draw.public_id, draw.terms_hash, draw.entries_hash, draw.beacon_value, e.mark
     ) COLLATE "C" < NEW.key COLLATE "C";
    SELECT count(*), count(*) FILTER (WHERE state <> 'lapsed') INTO known, taken
      FROM streams_drawwinner WHERE draw_id = NEW.draw_id;
    IF mark IS NULL OR NEW.rank <> better + 1 OR NEW.rank <> known + 1 THEN
        RAISE EXCEPTION 'draw %: not the one whose turn it is', NEW.draw_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_rank';
    END IF;
    IF taken >= draw.places OR (known >= draw.places AND (
        draw.if_unclaimed <> 'next' OR NEW.rank > draw.places * 4))
    THEN
        RAISE EXCEPTION 'draw %: no prize is left for rank %', NEW.draw_id, NEW.rank
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_rank';
    END IF;
    NEW.told_at := clock_timestamp();
    NEW.deadline := CASE WHEN NEW.draw_id > 0 THEN NEW.told_at + interval '48 hours' END;
    RETURN NEW;
END $$;
CREATE FUNCTION public.streams_flash_sale_is_honest() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    was text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
    festival products_festival%ROWTYPE;
    deal products_deal%ROWTYPE;
    base integer;
BEGIN
    IF was IS DISTINCT FROM NEW.state AND NOT coalesce(CASE was
        WHEN 'proposed' THEN NEW.state IN ('scheduled', 'withdrawn')
        WHEN 'scheduled' THEN NEW.state IN ('countdown', 'withdrawn')
        WHEN 'countdown' THEN NEW.state IN ('running', 'ended', 'cancelled')
        WHEN 'running' THEN NEW.state = 'ended'
        WHEN 'cancelled' THEN NEW.state IN ('countdown', 'withdrawn')
    END, was IS NULL AND NEW.state IN ('proposed', 'scheduled')) THEN
        RAISE EXCEPTION 'flash sale %: % does not follow %', NEW.id, NEW.state, was
            USING ERRCODE = 'check_violation', CONSTRAINT = 'flash_state';
    END IF;

    IF was IS NULL OR was = 'proposed' THEN
        NEW.base_price_fen := NULL;
    ELSIF (NEW.broadcast_id, NEW.product_id, NEW.festival_id, NEW.price_fen, NEW.quantity,
           NEW.per_person_limit, NEW.countdown_seconds, NEW.run_seconds, NEW.opens_at,
           NEW.closes_at, NEW.approved_by_id, NEW.approved_at)
          IS DISTINCT FROM
          (OLD.broadcast_id, OLD.product_id, OLD.festival_id, OLD.price_fen, OLD.quantity,
           OLD.per_person_limit, OLD.countdown_seconds, OLD.run_seconds, OLD.opens_at,
           OLD.closes_at, OLD.approved_by_id, OLD.approved_at)
    THEN
        RAISE EXCEPTION 'flash sale % was approved and keeps its terms', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'flash_keeps_its_terms';
    ELSE
        NEW.base_price_fen := OLD.base_price_fen;
    END IF;

    IF NEW.state = 'scheduled' AND was IS DISTINCT FROM 'scheduled' THEN
        SELECT * INTO festival FROM products_festival WHERE id = NEW.festival_id FOR SHARE;
        IF NEW.opens_at < festival.starts_at OR NEW.closes_at > festival.ends_at THEN
            RAISE EXCEPTION 'flash sale % lies outside the dates of its festival', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'flash_within_festival';
        END IF;
        base := products_base_price(
            NEW.product_id, NULL, greatest(NEW.opens_at, clock_timestamp()),
            festival.base_window_days);
        IF base IS NULL THEN
            RAISE EXCEPTION 'flash sale %: too little price history', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'deal_needs_history';
        END IF;
        IF NEW.price_fen::bigint * 10000 > base::bigint * festival.max_price_bps THEN
            RAISE EXCEPTION 'flash sale %: price % is more than % bps of the base price %',
                NEW.id, NEW.price_fen, festival.max_price_bps, base
                USING ERRCODE = 'check_violation', CONSTRAINT = 'deal_honours_rule';
        END IF;
        NEW.base_price_fen := base;
    END IF;

    IF NEW.state = 'countdown' AND (was <> 'countdown' OR NEW.deal_id <> OLD.deal_id) THEN
        SELECT * INTO deal FROM products_deal WHERE id = NEW.deal_id;
        IF NOT FOUND OR NOT coalesce(
            deal.is_flash AND deal.state = 'approved'
            AND (deal.product_id, deal.festival_id, deal.price_fen, deal.quantity,
                 deal.per_person_limit, deal.approved_by_id)
              = (NEW.product_id, NEW.festival_id, NEW.price_fen, NEW.quantity,
                 NEW.per_person_limit, NEW.approved_by_id)
            AND NEW.started_at > clock_timestamp() - interval '30 seconds'
            AND deal.starts_at >= NEW.started_at + make_interval(secs => NEW.countdown_seconds)
            AND deal.ends_at <= deal.starts_at + make_interval(secs => NEW.run_seconds)
            AND deal.starts_at >= NEW.opens_at AND deal.ends_at <= NEW.closes_at, false)
        THEN
            RAISE EXCEPTION 'flash sale %: what is started is not what was approved', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'flash_as_approved';
        END IF;
    ELSIF TG_OP = 'UPDATE' AND NEW.deal_id IS DISTINCT FROM OLD.deal_id THEN
        RAISE EXCEPTION 'flash sale % keeps its deal', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'flash_as_approved';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.streams_moderation_book_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the moderation book is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'moderation_book_stays';
END $$;
CREATE FUNCTION public.streams_poll_is_fixed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (NEW.public_id, NEW.broadcast_id, NEW.key, NEW.question, NEW.choices, NEW.opened_by_id,
        NEW.opened_at, NEW.media_start_ms)
       IS DISTINCT FROM
       (OLD.public_id, OLD.broadcast_id, OLD.key, OLD.question, OLD.choices, OLD.opened_by_id,
        OLD.opened_at, OLD.media_start_ms)
       OR (OLD.state = 'closed' AND (NEW.state, NEW.tally, NEW.closed_at, NEW.media_end_ms)
           IS DISTINCT FROM (OLD.state, OLD.tally, OLD.closed_at, OLD.media_end_ms))
    THEN
        RAISE EXCEPTION 'poll % stays as it is', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'poll_stays';
    END IF;
    IF NEW.state = 'closed' AND OLD.state = 'open' THEN
        PERFORM 1 FROM streams_poll WHERE id = NEW.id FOR UPDATE;  -- waits for votes on their way
        SELECT jsonb_agg(coalesce(given.n, 0) ORDER BY place) INTO NEW.tally
          FROM generate_series(0, jsonb_array_length(NEW.choices) - 1) AS place
          LEFT JOIN (SELECT choice, count(*) AS n FROM streams_pollvote
                      WHERE poll_id = NEW.id GROUP BY choice) AS given ON given.choice = place;
        NEW.closed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.streams_poll_vote_counts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    poll record;
BEGIN
    SELECT state, closes_at, jsonb_array_length(choices) AS n INTO poll
      FROM streams_poll WHERE id = NEW.poll_id FOR KEY SHARE;
    IF poll.state IS DISTINCT FROM 'open' OR clock_timestamp() >= poll.closes_at THEN
        RAISE EXCEPTION 'poll % is closed', NEW.poll_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'poll_closed';
    END IF;
    IF NEW.choice < 0 OR NEW.choice >= poll.n OR (TG_OP = 'UPDATE' AND
        (NEW.poll_id, NEW.user_id) IS DISTINCT FROM (OLD.poll_id, OLD.user_id))
    THEN
        RAISE EXCEPTION 'poll % has no such choice', NEW.poll_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'poll_choice';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.streams_portrait_consent_is_theirs() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT 1 FROM officials_official
                        WHERE id = NEW.official_id AND user_id = NEW.given_by_id) THEN
            RAISE EXCEPTION 'only the official may allow it'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'portrait_consent_is_theirs';
        END IF;
    ELSIF (NEW.official_id, NEW.given_by_id, NEW.given_at)
          IS DISTINCT FROM (OLD.official_id, OLD.given_by_id, OLD.given_at)
          OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
    THEN
        RAISE EXCEPTION 'a consent is not rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'portrait_consent_is_theirs';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.streams_segment_keeps_to_its_show() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.flash_sale_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM streams_flashsale
        WHERE id = NEW.flash_sale_id AND broadcast_id = NEW.broadcast_id)
    THEN
        RAISE EXCEPTION 'segment %: flash sale % is of another show', NEW.id, NEW.flash_sale_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'segment_flash_of_its_show';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.streams_show_approval_is_fair() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    was text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state ELSE 'draft' END;
BEGIN
    IF was <> NEW.state AND NOT (CASE was
        WHEN 'draft' THEN NEW.state = 'proposed'
        WHEN 'proposed' THEN NEW.state IN ('approved', 'draft')
        ELSE NEW.state = 'draft'
    END) THEN
        RAISE EXCEPTION 'approval %: % does not follow %', NEW.id, NEW.state, was
            USING ERRCODE = 'check_violation', CONSTRAINT = 'show_approval_state';
    END IF;
    IF NEW.state <> 'approved' OR was = 'approved' THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT 1 FROM streams_broadcast show
        JOIN officials_official host ON host.id = show.host_id
        WHERE show.id = NEW.broadcast_id AND host.user_id = NEW.decided_by_id
    ) THEN
        RAISE EXCEPTION 'approval %: a show of one''s own', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'show_of_ones_own';
    END IF;
    IF EXISTS (
        SELECT 1 FROM streams_shelfitem item
        JOIN products_product product ON product.id = item.product_id
        WHERE item.broadcast_id = NEW.broadcast_id AND NOT EXISTS (
            SELECT 1 FROM streams_declaration said
            WHERE said.broadcast_id = NEW.broadcast_id AND said.producer_id = product.producer_id
        )
    ) THEN
        RAISE EXCEPTION 'approval %: a producer without a declaration', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'show_declared';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.streams_show_is_approved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM streams_showapproval
        WHERE broadcast_id = NEW.id AND state <> 'approved'
    ) THEN
        RAISE EXCEPTION 'show % is not approved', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'show_not_approved';
    END IF;
    RETURN NEW;
END $$;


CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);
ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_address (
    id bigint NOT NULL,
    recipient character varying(40) NOT NULL,
    phone character varying(11) NOT NULL,
    province character varying(40) NOT NULL,
    city character varying(40) NOT NULL,
    county character varying(40) NOT NULL,
    street character varying(160) NOT NULL,
    is_default boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT address_phone_mainland CHECK (((phone)::text ~ '^1[3-9][0-9]{9}$'::text))
);
ALTER TABLE public.accounts_address ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_address_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_closingrequest (
    id bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.accounts_closingrequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_closingrequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_datacopy (
    id bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    ready_at timestamp with time zone,
    expires_at timestamp with time zone,
    content bytea NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.accounts_datacopy ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_datacopy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_user (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    email character varying(254) NOT NULL,
    display_name character varying(24) NOT NULL,
    language character varying(10) NOT NULL,
    is_staff boolean NOT NULL,
    is_active boolean NOT NULL,
    date_joined timestamp with time zone NOT NULL
);
CREATE TABLE public.accounts_user_groups (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.accounts_user_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.accounts_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_user_user_permissions (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.accounts_user_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.audit_auditentry (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_label character varying(80) NOT NULL,
    action character varying(60) NOT NULL,
    is_refused boolean NOT NULL,
    subject_type character varying(60) NOT NULL,
    subject_pk character varying(64) NOT NULL,
    subject_label character varying(200) NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    reason text NOT NULL,
    network character varying(45) NOT NULL,
    actor_id bigint
);
ALTER TABLE public.audit_auditentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_auditentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id bigint NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);
ALTER TABLE public.django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_admin_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);
ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_choice (
    id bigint NOT NULL,
    kind character varying(24) NOT NULL,
    channel character varying(8) NOT NULL,
    is_on boolean NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.notifications_choice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_choice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_delivery (
    id bigint NOT NULL,
    channel character varying(8) NOT NULL,
    state character varying(8) NOT NULL,
    attempts smallint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    last_error character varying(200) NOT NULL,
    notification_id bigint NOT NULL,
    subscription_id bigint,
    CONSTRAINT notifications_delivery_attempts_check CHECK ((attempts >= 0))
);
ALTER TABLE public.notifications_delivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_notification (
    id bigint NOT NULL,
    kind character varying(24) NOT NULL,
    key character varying(120) NOT NULL,
    title character varying(120) NOT NULL,
    body text NOT NULL,
    url character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    user_id bigint NOT NULL
);
ALTER TABLE public.notifications_notification ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_pushsubscription (
    id bigint NOT NULL,
    endpoint character varying(1000) NOT NULL,
    endpoint_hash character varying(64) NOT NULL,
    p256dh character varying(100) NOT NULL,
    auth character varying(40) NOT NULL,
    browser character varying(60) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    user_id bigint NOT NULL
);
ALTER TABLE public.notifications_pushsubscription ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_pushsubscription_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.notifications_quiethours (
    id bigint NOT NULL,
    begins time without time zone NOT NULL,
    ends time without time zone NOT NULL,
    user_id bigint NOT NULL,
    zone character varying(32) NOT NULL,
    CONSTRAINT quiet_hours_last CHECK ((NOT (begins = ends)))
);
ALTER TABLE public.notifications_quiethours ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.notifications_quiethours_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.officials_assistant (
    id bigint NOT NULL,
    named_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL,
    official_id bigint NOT NULL
);
ALTER TABLE public.officials_assistant ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.officials_assistant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.officials_curator (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    prefecture_id character varying(6) NOT NULL
);
ALTER TABLE public.officials_curator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.officials_curator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.officials_official (
    id bigint NOT NULL,
    name_zh character varying(120) NOT NULL,
    name_en character varying(160) NOT NULL,
    slug character varying(60) NOT NULL,
    post_zh character varying(60) NOT NULL,
    post_en character varying(80) NOT NULL,
    intro_zh text NOT NULL,
    intro_en text NOT NULL,
    catchphrase_zh character varying(60) NOT NULL,
    catchphrase_en character varying(100) NOT NULL,
    portrait character varying(100) NOT NULL,
    state character varying(10) NOT NULL,
    applied_at timestamp with time zone NOT NULL,
    verified_at timestamp with time zone,
    state_reason character varying(200) NOT NULL,
    user_id bigint NOT NULL,
    verified_by_id bigint,
    region_id character varying(6) NOT NULL,
    identity_until date,
    CONSTRAINT official_verified_by_someone CHECK (((NOT ((state)::text = 'verified'::text)) OR ((verified_at IS NOT NULL) AND (verified_by_id IS NOT NULL))))
);
ALTER TABLE public.officials_official ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.officials_official_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.officials_officialcheck (
    id bigint NOT NULL,
    paper character varying(16) NOT NULL,
    number_end character varying(4) NOT NULL,
    expires_on date NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    note character varying(200) NOT NULL,
    checked_by_id bigint,
    official_id bigint NOT NULL
);
ALTER TABLE public.officials_officialcheck ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.officials_officialcheck_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.officials_region (
    name_zh character varying(120) NOT NULL,
    name_en character varying(160) NOT NULL,
    code character varying(6) NOT NULL,
    kind character varying(20) NOT NULL,
    short_zh character varying(20) NOT NULL,
    name_za character varying(60) NOT NULL,
    pinyin character varying(60) NOT NULL,
    slogan_zh character varying(120) NOT NULL,
    slogan_en character varying(160) NOT NULL,
    area_code character varying(4) NOT NULL,
    latitude double precision,
    longitude double precision,
    parent_id character varying(6),
    CONSTRAINT region_code_guangxi CHECK (((code)::text ~ '^45[0-9]{4}$'::text)),
    CONSTRAINT region_county_has_prefecture CHECK (((((kind)::text = 'prefecture'::text) AND (parent_id IS NULL)) OR ((NOT ((kind)::text = 'prefecture'::text)) AND (parent_id IS NOT NULL))))
);
CREATE TABLE public.orders_account (
    id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    producer_id bigint,
    payer character varying(120) NOT NULL,
    CONSTRAINT account_of_a_producer CHECK (((((kind)::text = 'producer'::text) AND (producer_id IS NOT NULL)) OR ((NOT ((kind)::text = 'producer'::text)) AND (producer_id IS NULL)))),
    CONSTRAINT payer_of_a_subsidy CHECK ((((payer)::text = ''::text) OR ((kind)::text = 'subsidy'::text)))
);
ALTER TABLE public.orders_account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_basketline (
    id bigint NOT NULL,
    quantity integer NOT NULL,
    seen_fen integer NOT NULL,
    added_at timestamp with time zone NOT NULL,
    broadcast_id bigint,
    product_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT basket_of_no_rehearsal CHECK (((broadcast_id IS NULL) OR (broadcast_id > 0))),
    CONSTRAINT basket_quantity_in_range CHECK (((quantity > 0) AND (quantity <= 999))),
    CONSTRAINT orders_basketline_quantity_check CHECK ((quantity >= 0)),
    CONSTRAINT orders_basketline_seen_fen_check CHECK ((seen_fen >= 0))
);
ALTER TABLE public.orders_basketline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_basketline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_coupon (
    id bigint NOT NULL,
    name_zh character varying(120) NOT NULL,
    name_en character varying(160) NOT NULL,
    code character varying(20) NOT NULL,
    amount_fen integer,
    percent_bps integer,
    most_fen integer,
    minimum_fen integer NOT NULL,
    total_limit integer NOT NULL,
    per_person_limit smallint NOT NULL,
    used integer DEFAULT 0 NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    is_stackable boolean NOT NULL,
    is_public boolean NOT NULL,
    is_stopped boolean NOT NULL,
    payer_zh character varying(80) NOT NULL,
    payer_en character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    festival_id bigint,
    holder_id bigint,
    prefecture_id character varying(6),
    producer_id bigint,
    CONSTRAINT coupon_amount_or_percent CHECK ((((amount_fen > 0) AND (amount_fen IS NOT NULL) AND (percent_bps IS NULL)) OR ((amount_fen IS NULL) AND (percent_bps > 0) AND (percent_bps IS NOT NULL) AND (percent_bps <= 10000)))),
    CONSTRAINT coupon_dates CHECK ((ends_at > starts_at)),
    CONSTRAINT coupon_limits CHECK (((per_person_limit > 0) AND (total_limit > 0))),
    CONSTRAINT coupon_within_its_limit CHECK ((used <= total_limit)),
    CONSTRAINT orders_coupon_amount_fen_check CHECK ((amount_fen >= 0)),
    CONSTRAINT orders_coupon_minimum_fen_check CHECK ((minimum_fen >= 0)),
    CONSTRAINT orders_coupon_most_fen_check CHECK ((most_fen >= 0)),
    CONSTRAINT orders_coupon_per_person_limit_check CHECK ((per_person_limit >= 0)),
    CONSTRAINT orders_coupon_percent_bps_check CHECK ((percent_bps >= 0)),
    CONSTRAINT orders_coupon_total_limit_check CHECK ((total_limit >= 0)),
    CONSTRAINT orders_coupon_used_check CHECK ((used >= 0))
);
ALTER TABLE public.orders_coupon ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_coupon_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_couponuse (
    id bigint NOT NULL,
    discount_fen integer NOT NULL,
    state character varying(8) NOT NULL,
    at timestamp with time zone NOT NULL,
    buyer_id bigint NOT NULL,
    coupon_id bigint NOT NULL,
    order_id bigint NOT NULL,
    CONSTRAINT coupon_use_positive CHECK ((discount_fen > 0)),
    CONSTRAINT orders_couponuse_discount_fen_check CHECK ((discount_fen >= 0))
);
ALTER TABLE public.orders_couponuse ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_couponuse_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_difference (
    id bigint NOT NULL,
    kind character varying(16) NOT NULL,
    key character varying(120) NOT NULL,
    subject character varying(160) NOT NULL,
    wanted character varying(120) NOT NULL,
    found character varying(120) NOT NULL,
    found_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    reason character varying(300) NOT NULL,
    closed_by_id bigint,
    order_id bigint,
    CONSTRAINT difference_closed_by_someone CHECK ((((closed_at IS NULL) AND (closed_by_id IS NULL) AND ((reason)::text = ''::text)) OR ((closed_at IS NOT NULL) AND (closed_by_id IS NOT NULL) AND (NOT ((reason)::text = ''::text)))))
);
ALTER TABLE public.orders_difference ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_difference_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_dispute (
    id bigint NOT NULL,
    provider_id character varying(80) NOT NULL,
    amount_fen integer NOT NULL,
    currency character varying(3) NOT NULL,
    reason character varying(60) NOT NULL,
    state character varying(6) NOT NULL,
    due_by timestamp with time zone,
    withdrawn_fen integer NOT NULL,
    reinstated_fen integer NOT NULL,
    fee_fen integer NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    checked_at timestamp with time zone,
    payment_id bigint NOT NULL,
    CONSTRAINT orders_dispute_amount_fen_check CHECK ((amount_fen >= 0)),
    CONSTRAINT orders_dispute_fee_fen_check CHECK ((fee_fen >= 0)),
    CONSTRAINT orders_dispute_reinstated_fen_check CHECK ((reinstated_fen >= 0)),
    CONSTRAINT orders_dispute_withdrawn_fen_check CHECK ((withdrawn_fen >= 0))
);
ALTER TABLE public.orders_dispute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_dispute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_disputeevent (
    id bigint NOT NULL,
    from_state character varying(12) NOT NULL,
    to_state character varying(12) NOT NULL,
    note character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    dispute_id bigint NOT NULL
);
ALTER TABLE public.orders_disputeevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_disputeevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_entry (
    id bigint NOT NULL,
    amount_fen bigint NOT NULL,
    currency character varying(3) NOT NULL,
    account_id bigint NOT NULL,
    transaction_id bigint NOT NULL,
    CONSTRAINT entry_not_zero CHECK ((NOT (amount_fen = 0)))
);
ALTER TABLE public.orders_entry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_festivalscreen (
    id bigint NOT NULL,
    access character varying(4) NOT NULL,
    key character varying(24) NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    festival_id bigint NOT NULL,
    CONSTRAINT festival_screen_has_key CHECK ((NOT ((key)::text = ''::text)))
);
ALTER TABLE public.orders_festivalscreen ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_festivalscreen_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_freighttemplate (
    id bigint NOT NULL,
    name_zh character varying(120) NOT NULL,
    name_en character varying(160) NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    producer_id bigint
);
ALTER TABLE public.orders_freighttemplate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_freighttemplate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_freightzone (
    id bigint NOT NULL,
    provinces character varying(40)[] NOT NULL,
    first_kg_fen integer NOT NULL,
    further_kg_fen integer NOT NULL,
    surcharge_fen integer NOT NULL,
    is_served boolean NOT NULL,
    takes_cold boolean NOT NULL,
    reason_zh character varying(120) NOT NULL,
    reason_en character varying(160) NOT NULL,
    "position" smallint NOT NULL,
    template_id bigint NOT NULL,
    CONSTRAINT orders_freightzone_first_kg_fen_check CHECK ((first_kg_fen >= 0)),
    CONSTRAINT orders_freightzone_further_kg_fen_check CHECK ((further_kg_fen >= 0)),
    CONSTRAINT orders_freightzone_position_check CHECK (("position" >= 0)),
    CONSTRAINT orders_freightzone_surcharge_fen_check CHECK ((surcharge_fen >= 0))
);
ALTER TABLE public.orders_freightzone ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_freightzone_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_hold (
    id bigint NOT NULL,
    quantity integer NOT NULL,
    state character varying(8) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    extended_at timestamp with time zone,
    pool_id bigint NOT NULL,
    order_id bigint NOT NULL,
    CONSTRAINT hold_quantity_positive CHECK ((quantity > 0)),
    CONSTRAINT orders_hold_quantity_check CHECK ((quantity >= 0))
);
ALTER TABLE public.orders_hold ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_hold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_limitcounter (
    id bigint NOT NULL,
    quantity integer NOT NULL,
    buyer_id bigint NOT NULL,
    deal_id bigint NOT NULL,
    CONSTRAINT limit_not_negative CHECK ((quantity >= 0))
);
ALTER TABLE public.orders_limitcounter ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_limitcounter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_movement (
    id bigint NOT NULL,
    movement_id character varying(80) NOT NULL,
    kind character varying(40) NOT NULL,
    amount_fen bigint NOT NULL,
    fee_fen bigint NOT NULL,
    currency character varying(3) NOT NULL,
    source_id character varying(80) NOT NULL,
    intent_id character varying(80) NOT NULL,
    at timestamp with time zone NOT NULL,
    transaction_id bigint
);
ALTER TABLE public.orders_movement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_movement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_networksalt (
    id bigint NOT NULL,
    month date NOT NULL,
    salt bytea NOT NULL,
    made_at timestamp with time zone NOT NULL
);
ALTER TABLE public.orders_networksalt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_networksalt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_order (
    id bigint NOT NULL,
    number character varying(20) NOT NULL,
    key uuid NOT NULL,
    request_hash character varying(64) NOT NULL,
    state character varying(10) NOT NULL,
    currency character varying(3) NOT NULL,
    items_fen integer NOT NULL,
    freight_fen integer NOT NULL,
    discount_fen integer NOT NULL,
    total_fen integer NOT NULL,
    address jsonb NOT NULL,
    perishable_accepted_at timestamp with time zone,
    placed_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    paid_at timestamp with time zone,
    closed_at timestamp with time zone,
    broadcast_id bigint,
    buyer_id bigint NOT NULL,
    delivered_at timestamp with time zone,
    CONSTRAINT order_of_no_rehearsal CHECK (((broadcast_id IS NULL) OR (broadcast_id > 0))),
    CONSTRAINT order_total_adds_up CHECK ((total_fen = ((items_fen + freight_fen) - discount_fen))),
    CONSTRAINT orders_order_discount_fen_check CHECK ((discount_fen >= 0)),
    CONSTRAINT orders_order_freight_fen_check CHECK ((freight_fen >= 0)),
    CONSTRAINT orders_order_items_fen_check CHECK ((items_fen >= 0)),
    CONSTRAINT orders_order_total_fen_check CHECK ((total_fen >= 0))
);
ALTER TABLE public.orders_order ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_order_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_orderevent (
    id bigint NOT NULL,
    from_state character varying(12) NOT NULL,
    to_state character varying(12) NOT NULL,
    note character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    order_id bigint NOT NULL
);
ALTER TABLE public.orders_orderevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_orderevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_orderline (
    id bigint NOT NULL,
    name_zh character varying(120) NOT NULL,
    name_en character varying(160) NOT NULL,
    unit_zh character varying(40) NOT NULL,
    unit_en character varying(60) NOT NULL,
    quantity integer NOT NULL,
    unit_price_fen integer NOT NULL,
    base_price_fen integer,
    amount_fen integer NOT NULL,
    deal_id bigint,
    order_id bigint NOT NULL,
    product_id bigint NOT NULL,
    freight_fen integer NOT NULL,
    packing_fen integer NOT NULL,
    producer_id bigint,
    producer_fen integer NOT NULL,
    shipped_quantity integer DEFAULT 0 NOT NULL,
    withdrawn_quantity integer DEFAULT 0 NOT NULL,
    broadcast_id bigint,
    discount_fen integer DEFAULT 0 NOT NULL,
    CONSTRAINT line_amount_adds_up CHECK ((amount_fen = (unit_price_fen * quantity))),
    CONSTRAINT line_not_below_zero CHECK ((discount_fen <= amount_fen)),
    CONSTRAINT line_of_no_rehearsal CHECK (((broadcast_id IS NULL) OR (broadcast_id > 0))),
    CONSTRAINT line_quantity_positive CHECK ((quantity > 0)),
    CONSTRAINT line_sends_what_was_bought CHECK ((quantity >= (shipped_quantity + withdrawn_quantity))),
    CONSTRAINT orders_orderline_amount_fen_check CHECK ((amount_fen >= 0)),
    CONSTRAINT orders_orderline_base_price_fen_check CHECK ((base_price_fen >= 0)),
    CONSTRAINT orders_orderline_discount_fen_check CHECK ((discount_fen >= 0)),
    CONSTRAINT orders_orderline_freight_fen_check CHECK ((freight_fen >= 0)),
    CONSTRAINT orders_orderline_packing_fen_check CHECK ((packing_fen >= 0)),
    CONSTRAINT orders_orderline_producer_fen_check CHECK ((producer_fen >= 0)),
    CONSTRAINT orders_orderline_quantity_check CHECK ((quantity >= 0)),
    CONSTRAINT orders_orderline_shipped_quantity_check CHECK ((shipped_quantity >= 0)),
    CONSTRAINT orders_orderline_unit_price_fen_check CHECK ((unit_price_fen >= 0)),
    CONSTRAINT orders_orderline_withdrawn_quantity_check CHECK ((withdrawn_quantity >= 0))
);
ALTER TABLE public.orders_orderline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_orderline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_ordernetwork (
    order_id bigint NOT NULL,
    number bigint NOT NULL
);
CREATE TABLE public.orders_parcel (
    id bigint NOT NULL,
    carrier character varying(8) NOT NULL,
    tracking_number character varying(32) NOT NULL,
    state character varying(10) NOT NULL,
    shipped_at timestamp with time zone NOT NULL,
    delivered_at timestamp with time zone,
    delivered_how character varying(10) NOT NULL,
    order_id bigint NOT NULL,
    producer_id bigint NOT NULL,
    CONSTRAINT parcel_delivered_at_a_time CHECK ((((delivered_at IS NULL) AND ((delivered_how)::text = ''::text) AND ((state)::text = 'shipped'::text)) OR ((delivered_at IS NOT NULL) AND ((state)::text = 'delivered'::text) AND (NOT ((delivered_how)::text = ''::text)))))
);
ALTER TABLE public.orders_parcel ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_parcel_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_parcelevent (
    id bigint NOT NULL,
    from_state character varying(12) NOT NULL,
    to_state character varying(12) NOT NULL,
    note character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    parcel_id bigint NOT NULL
);
ALTER TABLE public.orders_parcelevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_parcelevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_parcelline (
    id bigint NOT NULL,
    quantity integer NOT NULL,
    line_id bigint NOT NULL,
    parcel_id bigint NOT NULL,
    CONSTRAINT orders_parcelline_quantity_check CHECK ((quantity >= 0)),
    CONSTRAINT parcel_line_positive CHECK ((quantity > 0))
);
ALTER TABLE public.orders_parcelline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_parcelline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_payment (
    id bigint NOT NULL,
    method character varying(12) NOT NULL,
    intent_id character varying(80),
    idempotency_key character varying(80) NOT NULL,
    state character varying(10) NOT NULL,
    amount_fen integer NOT NULL,
    refunded_fen integer NOT NULL,
    fee_fen integer,
    currency character varying(3) NOT NULL,
    failure_code character varying(60) NOT NULL,
    next_action jsonb NOT NULL,
    quarantined_reason character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    checked_at timestamp with time zone,
    order_id bigint NOT NULL,
    asked_fen integer NOT NULL,
    payer_mark bigint,
    CONSTRAINT orders_payment_amount_fen_check CHECK ((amount_fen >= 0)),
    CONSTRAINT orders_payment_asked_fen_check CHECK ((asked_fen >= 0)),
    CONSTRAINT orders_payment_fee_fen_check CHECK ((fee_fen >= 0)),
    CONSTRAINT orders_payment_refunded_fen_check CHECK ((refunded_fen >= 0)),
    CONSTRAINT refunds_within_payment CHECK ((amount_fen >= (refunded_fen + asked_fen)))
);
ALTER TABLE public.orders_payment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_payment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_paymentevent (
    id bigint NOT NULL,
    from_state character varying(12) NOT NULL,
    to_state character varying(12) NOT NULL,
    note character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    payment_id bigint NOT NULL
);
ALTER TABLE public.orders_paymentevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_paymentevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_payout (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    amount_fen bigint NOT NULL,
    payee jsonb NOT NULL,
    reference character varying(80) NOT NULL,
    paid_at timestamp with time zone,
    producer_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    CONSTRAINT orders_payout_amount_fen_check CHECK ((amount_fen >= 0)),
    CONSTRAINT payout_positive CHECK ((amount_fen > 0))
);
ALTER TABLE public.orders_payout ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_payout_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_payoutaccount (
    id bigint NOT NULL,
    method character varying(8) NOT NULL,
    connect_id character varying(80) NOT NULL,
    holder character varying(120) NOT NULL,
    bank character varying(120) NOT NULL,
    branch_code character varying(12) NOT NULL,
    number character varying(32) NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    confirmed_by_id bigint,
    entered_by_id bigint NOT NULL,
    producer_id bigint NOT NULL,
    CONSTRAINT payout_account_by_two CHECK (((confirmed_by_id IS NULL) OR (NOT ((confirmed_by_id = entered_by_id) AND (confirmed_by_id IS NOT NULL))))),
    CONSTRAINT payout_bank_complete CHECK (((NOT ((method)::text = 'bank'::text)) OR ((NOT ((holder)::text = ''::text)) AND (NOT ((bank)::text = ''::text)) AND (NOT ((number)::text = ''::text)))))
);
ALTER TABLE public.orders_payoutaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_payoutaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_payoutbatch (
    id bigint NOT NULL,
    number character varying(20) NOT NULL,
    method character varying(8) NOT NULL,
    state character varying(10) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    approved_at timestamp with time zone,
    closed_at timestamp with time zone,
    approved_by_id bigint,
    made_by_id bigint NOT NULL,
    CONSTRAINT payout_batch_approved CHECK (((NOT ((state)::text = ANY (ARRAY[('approved'::character varying)::text, ('done'::character varying)::text]))) OR (approved_by_id IS NOT NULL))),
    CONSTRAINT payout_batch_by_two CHECK (((approved_by_id IS NULL) OR (NOT ((approved_by_id = made_by_id) AND (approved_by_id IS NOT NULL)))))
);
ALTER TABLE public.orders_payoutbatch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_payoutbatch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_payoutline (
    id bigint NOT NULL,
    key character varying(60) NOT NULL,
    amount_fen bigint NOT NULL,
    send_fen bigint NOT NULL,
    state character varying(8) NOT NULL,
    transfer_id character varying(80) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    attempts smallint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    last_error character varying(200) NOT NULL,
    order_id bigint NOT NULL,
    payout_id bigint,
    producer_id bigint NOT NULL,
    CONSTRAINT orders_payoutline_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT orders_payoutline_send_fen_check CHECK ((send_fen >= 0)),
    CONSTRAINT payout_line_has_payout CHECK ((((payout_id IS NULL) AND ((state)::text = 'open'::text)) OR ((NOT ((state)::text = 'open'::text)) AND (payout_id IS NOT NULL)))),
    CONSTRAINT payout_line_not_zero CHECK ((NOT (amount_fen = 0))),
    CONSTRAINT payout_line_within CHECK (((send_fen = 0) OR ((amount_fen > 0) AND (send_fen <= amount_fen))))
);
ALTER TABLE public.orders_payoutline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_payoutline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_portalvisit (
    id bigint NOT NULL,
    what character varying(8) NOT NULL,
    orders integer NOT NULL,
    is_staff boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    order_id bigint,
    producer_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT orders_portalvisit_orders_check CHECK ((orders >= 0))
);
ALTER TABLE public.orders_portalvisit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_portalvisit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_preparation (
    id bigint NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    begun_by_id bigint,
    order_id bigint NOT NULL,
    producer_id bigint NOT NULL
);
ALTER TABLE public.orders_preparation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_preparation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_reconciliation (
    id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    looked_at integer NOT NULL,
    differences integer NOT NULL,
    CONSTRAINT orders_reconciliation_differences_check CHECK ((differences >= 0)),
    CONSTRAINT orders_reconciliation_looked_at_check CHECK ((looked_at >= 0))
);
ALTER TABLE public.orders_reconciliation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_reconciliation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_refund (
    id bigint NOT NULL,
    key character varying(80) NOT NULL,
    amount_fen integer NOT NULL,
    reason character varying(400) NOT NULL,
    state character varying(10) NOT NULL,
    provider_id character varying(80) NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    payment_id bigint NOT NULL,
    attempts smallint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    last_error character varying(200) NOT NULL,
    requested_by_id bigint,
    answer character varying(400) NOT NULL,
    cause character varying(20) NOT NULL,
    decide_by timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by_id bigint,
    escalated_at timestamp with time zone,
    is_automatic boolean NOT NULL,
    origin character varying(12) NOT NULL,
    producer_id bigint,
    sent_back_at timestamp with time zone,
    sent_back_by character varying(60) NOT NULL,
    sent_back_number character varying(60) NOT NULL,
    failed_ids character varying(80)[] NOT NULL,
    CONSTRAINT orders_refund_amount_fen_check CHECK ((amount_fen >= 0)),
    CONSTRAINT orders_refund_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT refund_positive CHECK ((amount_fen > 0)),
    CONSTRAINT refund_refused_in_words CHECK (((NOT ((state)::text = 'refused'::text)) OR (NOT ((answer)::text = ''::text)))),
    CONSTRAINT refund_request_has_cause CHECK (((NOT ((origin)::text = 'request'::text)) OR (NOT ((cause)::text = ''::text))))
);
ALTER TABLE public.orders_refund ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_refund_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_refundevent (
    id bigint NOT NULL,
    from_state character varying(12) NOT NULL,
    to_state character varying(12) NOT NULL,
    note character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    refund_id bigint NOT NULL
);
ALTER TABLE public.orders_refundevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_refundevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_refundline (
    id bigint NOT NULL,
    amount_fen integer NOT NULL,
    line_id bigint NOT NULL,
    refund_id bigint NOT NULL,
    CONSTRAINT orders_refundline_amount_fen_check CHECK ((amount_fen >= 0)),
    CONSTRAINT refund_line_positive CHECK ((amount_fen > 0))
);
ALTER TABLE public.orders_refundline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_refundline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_refundphoto (
    id bigint NOT NULL,
    small bytea NOT NULL,
    large bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    refund_id bigint NOT NULL
);
ALTER TABLE public.orders_refundphoto ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_refundphoto_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_refundrule (
    id bigint NOT NULL,
    is_on boolean NOT NULL,
    most_fen integer NOT NULL,
    times_a_month smallint NOT NULL,
    causes character varying(20)[] NOT NULL,
    answer_within_hours smallint NOT NULL,
    silence_most_fen integer NOT NULL,
    prefecture_id character varying(6),
    CONSTRAINT orders_refundrule_answer_within_hours_check CHECK ((answer_within_hours >= 0)),
    CONSTRAINT orders_refundrule_most_fen_check CHECK ((most_fen >= 0)),
    CONSTRAINT orders_refundrule_silence_most_fen_check CHECK ((silence_most_fen >= 0)),
    CONSTRAINT orders_refundrule_times_a_month_check CHECK ((times_a_month >= 0)),
    CONSTRAINT refund_answer_hours CHECK ((answer_within_hours > 0))
);
ALTER TABLE public.orders_refundrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_refundrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_review (
    id bigint NOT NULL,
    stars smallint NOT NULL,
    text text NOT NULL,
    written_at timestamp with time zone NOT NULL,
    edited_at timestamp with time zone,
    reply text NOT NULL,
    replied_at timestamp with time zone,
    hidden_at timestamp with time zone,
    hidden_reason character varying(200) NOT NULL,
    author_id bigint NOT NULL,
    hidden_by_id bigint,
    line_id bigint NOT NULL,
    product_id bigint NOT NULL,
    replied_by_id bigint,
    CONSTRAINT orders_review_stars_check CHECK ((stars >= 0)),
    CONSTRAINT review_hidden_for_a_reason CHECK (((hidden_at IS NULL) OR (NOT ((hidden_reason)::text = ''::text)))),
    CONSTRAINT review_one_to_five_stars CHECK (((stars >= 1) AND (stars <= 5)))
);
ALTER TABLE public.orders_review ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_review_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_reviewpicture (
    id bigint NOT NULL,
    file character varying(100) NOT NULL,
    renditions jsonb NOT NULL,
    "position" smallint NOT NULL,
    review_id bigint NOT NULL,
    CONSTRAINT orders_reviewpicture_position_check CHECK (("position" >= 0)),
    CONSTRAINT review_six_pictures CHECK ((("position" >= 1) AND ("position" <= 6)))
);
ALTER TABLE public.orders_reviewpicture ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_reviewpicture_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_reviewreply (
    id bigint NOT NULL,
    post_zh character varying(200) NOT NULL,
    post_en character varying(260) NOT NULL,
    text text NOT NULL,
    replied_at timestamp with time zone NOT NULL,
    official_id bigint NOT NULL,
    review_id bigint NOT NULL,
    CONSTRAINT office_reply_says_something CHECK ((NOT (text = ''::text)))
);
ALTER TABLE public.orders_reviewreply ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_reviewreply_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_settlement (
    id bigint NOT NULL,
    state character varying(10) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts smallint NOT NULL,
    posted_at timestamp with time zone,
    last_error character varying(200) NOT NULL,
    order_id bigint NOT NULL,
    lines_at timestamp with time zone,
    payable_at timestamp with time zone,
    CONSTRAINT orders_settlement_attempts_check CHECK ((attempts >= 0))
);
ALTER TABLE public.orders_settlement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_settlement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_settlementevent (
    id bigint NOT NULL,
    from_state character varying(12) NOT NULL,
    to_state character varying(12) NOT NULL,
    note character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    settlement_id bigint NOT NULL
);
ALTER TABLE public.orders_settlementevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_settlementevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_shippingsheet (
    id bigint NOT NULL,
    file_name character varying(120) NOT NULL,
    rows jsonb NOT NULL,
    state character varying(8) NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone,
    parcels_made integer NOT NULL,
    producer_id bigint NOT NULL,
    uploaded_by_id bigint NOT NULL,
    CONSTRAINT orders_shippingsheet_parcels_made_check CHECK ((parcels_made >= 0))
);
ALTER TABLE public.orders_shippingsheet ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_shippingsheet_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_toldreport (
    id bigint NOT NULL,
    pressure character varying(8) NOT NULL,
    text character varying(1000) NOT NULL,
    day date NOT NULL,
    state character varying(12) NOT NULL,
    broadcast_id bigint,
    CONSTRAINT told_other_in_words CHECK (((NOT ((pressure)::text = 'other'::text)) OR (NOT ((text)::text = ''::text))))
);
ALTER TABLE public.orders_toldreport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_toldreport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_toldstep (
    id bigint NOT NULL,
    from_state character varying(12) NOT NULL,
    to_state character varying(12) NOT NULL,
    note character varying(300) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    report_id bigint NOT NULL
);
ALTER TABLE public.orders_toldstep ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_toldstep_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_transaction (
    id bigint NOT NULL,
    key character varying(80) NOT NULL,
    kind character varying(20) NOT NULL,
    posted_at timestamp with time zone NOT NULL,
    order_id bigint
);
ALTER TABLE public.orders_transaction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_transaction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_webhookevent (
    id bigint NOT NULL,
    event_id character varying(80) NOT NULL,
    type character varying(80) NOT NULL,
    intent_id character varying(80) NOT NULL,
    payload jsonb NOT NULL,
    received_at timestamp with time zone NOT NULL,
    handled_at timestamp with time zone,
    attempts smallint NOT NULL,
    last_error character varying(200) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    quarantined_at timestamp with time zone,
    CONSTRAINT orders_webhookevent_attempts_check CHECK ((attempts >= 0))
);
ALTER TABLE public.orders_webhookevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_webhookevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.pghistory_context (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    metadata jsonb NOT NULL
);
CREATE TABLE public.products_category (
    id bigint NOT NULL,
    name_zh character varying(120) NOT NULL,
    name_en character varying(160) NOT NULL,
    slug character varying(40) NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT products_category_position_check CHECK (("position" >= 0))
);
ALTER TABLE public.products_category ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_category_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_deal (
    id bigint NOT NULL,
    price_fen integer NOT NULL,
    base_price_fen integer,
    quantity integer NOT NULL,
    per_person_limit smallint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    is_flash boolean NOT NULL,
    subsidy_payer_zh character varying(80) NOT NULL,
    subsidy_payer_en character varying(120) NOT NULL,
    state character varying(10) NOT NULL,
    approved_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    approved_by_id bigint,
    festival_id bigint NOT NULL,
    product_id bigint NOT NULL,
    proposed_by_id bigint,
    sent_back_reason character varying(300) NOT NULL,
    CONSTRAINT deal_approved_by_another CHECK (((NOT ((state)::text = 'approved'::text)) OR (proposed_by_id IS NULL) OR (NOT ((approved_by_id = proposed_by_id) AND (approved_by_id IS NOT NULL) AND (proposed_by_id IS NOT NULL))))),
    CONSTRAINT deal_approved_by_someone CHECK (((NOT ((state)::text = 'approved'::text)) OR ((approved_at IS NOT NULL) AND (approved_by_id IS NOT NULL) AND (base_price_fen IS NOT NULL)))),
    CONSTRAINT deal_dates CHECK ((ends_at > starts_at)),
    CONSTRAINT deal_price_positive CHECK ((price_fen > 0)),
    CONSTRAINT deal_quantities CHECK (((per_person_limit > 0) AND (quantity > 0))),
    CONSTRAINT products_deal_base_price_fen_check CHECK ((base_price_fen >= 0)),
    CONSTRAINT products_deal_per_person_limit_check CHECK ((per_person_limit >= 0)),
    CONSTRAINT products_deal_price_fen_check CHECK ((price_fen >= 0)),
    CONSTRAINT products_deal_quantity_check CHECK ((quantity >= 0))
);
ALTER TABLE public.products_deal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_deal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_dealwithdrawal (
    deal_id bigint NOT NULL,
    reason character varying(12) NOT NULL,
    note character varying(200) NOT NULL,
    facts jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    office_zh character varying(200) NOT NULL,
    office_en character varying(260) NOT NULL
);
CREATE TABLE public.products_festival (
    id bigint NOT NULL,
    name_zh character varying(120) NOT NULL,
    name_en character varying(160) NOT NULL,
    slug character varying(60) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    max_price_bps integer NOT NULL,
    base_window_days smallint NOT NULL,
    intro_zh text NOT NULL,
    intro_en text NOT NULL,
    CONSTRAINT festival_dates CHECK ((ends_at > starts_at)),
    CONSTRAINT festival_rule_range CHECK (((max_price_bps > 0) AND (max_price_bps <= 10000))),
    CONSTRAINT festival_window_range CHECK (((base_window_days >= 7) AND (base_window_days <= 365))),
    CONSTRAINT products_festival_base_window_days_check CHECK ((base_window_days >= 0)),
    CONSTRAINT products_festival_max_price_bps_check CHECK ((max_price_bps >= 0))
);
ALTER TABLE public.products_festival ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_festival_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_festival_regions (
    id bigint NOT NULL,
    festival_id bigint NOT NULL,
    region_id character varying(6) NOT NULL
);
ALTER TABLE public.products_festival_regions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_festival_regions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_platformshare (
    id bigint NOT NULL,
    most_bps integer NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    reason character varying(200) NOT NULL,
    set_at timestamp with time zone NOT NULL,
    set_by_id bigint NOT NULL,
    CONSTRAINT platform_share_range CHECK ((most_bps <= 10000)),
    CONSTRAINT platform_share_with_reason CHECK ((NOT ((reason)::text = ''::text))),
    CONSTRAINT products_platformshare_most_bps_check CHECK ((most_bps >= 0))
);
ALTER TABLE public.products_platformshare ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_platformshare_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_pricepoint (
    id bigint NOT NULL,
    price_fen integer,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    deal_id bigint,
    product_id bigint NOT NULL,
    CONSTRAINT price_point_positive CHECK (((price_fen > 0) OR (price_fen IS NULL))),
    CONSTRAINT products_pricepoint_price_fen_check CHECK ((price_fen >= 0))
);
ALTER TABLE public.products_pricepoint ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_pricepoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_producer (
    id bigint NOT NULL,
    name_zh character varying(120) NOT NULL,
    name_en character varying(160) NOT NULL,
    story_zh text NOT NULL,
    story_en text NOT NULL,
    payout_account character varying(80) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    region_id character varying(6) NOT NULL,
    user_id bigint,
    identity_until date
);
ALTER TABLE public.products_producer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_producer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_producercheck (
    id bigint NOT NULL,
    paper character varying(16) NOT NULL,
    number_end character varying(4) NOT NULL,
    expires_on date NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    note character varying(200) NOT NULL,
    checked_by_id bigint,
    producer_id bigint NOT NULL
);
ALTER TABLE public.products_producercheck ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_producercheck_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_product (
    id bigint NOT NULL,
    name_zh character varying(120) NOT NULL,
    name_en character varying(160) NOT NULL,
    sku character varying(20) NOT NULL,
    unit_zh character varying(40) NOT NULL,
    unit_en character varying(60) NOT NULL,
    description_zh text NOT NULL,
    description_en text NOT NULL,
    aliases character varying(200) NOT NULL,
    net_weight_g integer NOT NULL,
    list_price_fen integer NOT NULL,
    producer_cost_fen integer NOT NULL,
    packing_fen integer NOT NULL,
    freight_fen integer NOT NULL,
    shelf_life_days integer NOT NULL,
    storage character varying(20) NOT NULL,
    cold_chain character varying(16) NOT NULL,
    season_months smallint[] NOT NULL,
    seven_day_return boolean NOT NULL,
    gi_status character varying(60) NOT NULL,
    fulfilment_note_en character varying(240) CONSTRAINT products_product_fulfilment_note_not_null NOT NULL,
    fact_basis character varying(40) NOT NULL,
    state character varying(10) NOT NULL,
    search tsvector,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    category_id bigint NOT NULL,
    county_id character varying(6),
    prefecture_id character varying(6) NOT NULL,
    producer_id bigint NOT NULL,
    fulfilment_note_zh character varying(240) NOT NULL,
    CONSTRAINT product_price_positive CHECK ((list_price_fen > 0)),
    CONSTRAINT products_product_freight_fen_check CHECK ((freight_fen >= 0)),
    CONSTRAINT products_product_list_price_fen_check CHECK ((list_price_fen >= 0)),
    CONSTRAINT products_product_net_weight_g_check CHECK ((net_weight_g >= 0)),
    CONSTRAINT products_product_packing_fen_check CHECK ((packing_fen >= 0)),
    CONSTRAINT products_product_producer_cost_fen_check CHECK ((producer_cost_fen >= 0)),
    CONSTRAINT products_product_shelf_life_days_check CHECK ((shelf_life_days >= 0))
);
ALTER TABLE public.products_product ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_product_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_productimage (
    id bigint NOT NULL,
    file character varying(100) NOT NULL,
    renditions jsonb NOT NULL,
    alt_zh character varying(120) NOT NULL,
    alt_en character varying(160) NOT NULL,
    "position" smallint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    product_id bigint NOT NULL,
    is_made_by_ai boolean DEFAULT false NOT NULL,
    CONSTRAINT products_productimage_position_check CHECK (("position" >= 0))
);
ALTER TABLE public.products_productimage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_productimage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_searchalias (
    id bigint NOT NULL,
    names character varying(240) NOT NULL,
    note character varying(200) NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
ALTER TABLE public.products_searchalias ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_searchalias_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_searchmiss (
    id bigint NOT NULL,
    text character varying(40) NOT NULL,
    day date NOT NULL,
    searches integer NOT NULL,
    wishes integer NOT NULL,
    CONSTRAINT products_searchmiss_searches_check CHECK ((searches >= 0)),
    CONSTRAINT products_searchmiss_wishes_check CHECK ((wishes >= 0))
);
ALTER TABLE public.products_searchmiss ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_searchmiss_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_searchword (
    word character varying(40) NOT NULL
);
CREATE TABLE public.products_sheetimport (
    id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    state character varying(10) NOT NULL,
    language character varying(10) NOT NULL,
    file_name character varying(120) NOT NULL,
    data bytea,
    fields jsonb NOT NULL,
    refusal jsonb NOT NULL,
    stale_lines jsonb NOT NULL,
    rows_new integer NOT NULL,
    rows_changed integer NOT NULL,
    rows_same integer NOT NULL,
    rows_problem integer NOT NULL,
    attempts smallint NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    moved_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone,
    uploaded_by_id bigint NOT NULL,
    CONSTRAINT products_sheetimport_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT products_sheetimport_rows_changed_check CHECK ((rows_changed >= 0)),
    CONSTRAINT products_sheetimport_rows_new_check CHECK ((rows_new >= 0)),
    CONSTRAINT products_sheetimport_rows_problem_check CHECK ((rows_problem >= 0)),
    CONSTRAINT products_sheetimport_rows_same_check CHECK ((rows_same >= 0))
);
ALTER TABLE public.products_sheetimport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_sheetimport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_sheetrow (
    id bigint NOT NULL,
    line integer NOT NULL,
    cells jsonb NOT NULL,
    verdict character varying(8) NOT NULL,
    key character varying(80) NOT NULL,
    name character varying(160) NOT NULL,
    changes jsonb NOT NULL,
    problems jsonb NOT NULL,
    notices jsonb NOT NULL,
    sheet_id bigint NOT NULL,
    CONSTRAINT products_sheetrow_line_check CHECK ((line >= 0))
);
ALTER TABLE public.products_sheetrow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_sheetrow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_specialty (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    note_zh character varying(200) NOT NULL,
    note_en character varying(240) NOT NULL,
    prefecture_id character varying(6) NOT NULL,
    product_id bigint NOT NULL,
    season_months smallint[] NOT NULL,
    version integer NOT NULL,
    CONSTRAINT products_specialty_position_check CHECK (("position" >= 0)),
    CONSTRAINT products_specialty_version_check CHECK ((version >= 0))
);
ALTER TABLE public.products_specialty ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_specialty_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_specialtylist (
    prefecture_id character varying(6) NOT NULL,
    version integer NOT NULL,
    CONSTRAINT products_specialtylist_version_check CHECK ((version >= 0))
);
CREATE TABLE public.products_stockpool (
    id bigint NOT NULL,
    total integer NOT NULL,
    available integer NOT NULL,
    held integer NOT NULL,
    sold integer NOT NULL,
    version bigint NOT NULL,
    deal_id bigint,
    product_id bigint NOT NULL,
    taken_from_id bigint,
    CONSTRAINT stock_adds_up CHECK ((total = ((available + held) + sold))),
    CONSTRAINT stock_not_negative CHECK (((available >= 0) AND (held >= 0) AND (sold >= 0)))
);
ALTER TABLE public.products_stockpool ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_stockpool_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_stockwatch (
    id bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    product_id bigint NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.products_stockwatch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_stockwatch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_submission (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    state character varying(10) NOT NULL,
    changes jsonb NOT NULL,
    note character varying(300) NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    checked_at timestamp with time zone,
    decided_at timestamp with time zone,
    reason character varying(300) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    reminders smallint NOT NULL,
    reminded_at timestamp with time zone,
    checked_by_id bigint,
    decided_by_id bigint,
    product_id bigint NOT NULL,
    submitted_by_id bigint NOT NULL,
    CONSTRAINT products_submission_reminders_check CHECK ((reminders >= 0)),
    CONSTRAINT submission_approved_by_another CHECK (((NOT ((state)::text = 'approved'::text)) OR ((decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL) AND (NOT ((decided_by_id = submitted_by_id) AND (decided_by_id IS NOT NULL))) AND ((checked_by_id IS NULL) OR (NOT ((decided_by_id = checked_by_id) AND (decided_by_id IS NOT NULL) AND (checked_by_id IS NOT NULL))))))),
    CONSTRAINT submission_not_checked_by_its_own CHECK (((checked_by_id IS NULL) OR (NOT ((checked_by_id = submitted_by_id) AND (checked_by_id IS NOT NULL))))),
    CONSTRAINT submission_returned_for_a_reason CHECK (((NOT ((state)::text = 'returned'::text)) OR (NOT ((reason)::text = ''::text))))
);
ALTER TABLE public.products_submission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_submission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.products_submissionstep (
    id bigint NOT NULL,
    from_state character varying(12) NOT NULL,
    to_state character varying(12) NOT NULL,
    note character varying(300) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    submission_id bigint NOT NULL
);
ALTER TABLE public.products_submissionstep ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.products_submissionstep_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_banneddevice (
    id bigint NOT NULL,
    device character varying(32) NOT NULL,
    sanction_id bigint NOT NULL
);
ALTER TABLE public.streams_banneddevice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_banneddevice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_bannedword (
    id bigint NOT NULL,
    word character varying(60) NOT NULL,
    is_exception boolean NOT NULL,
    list_id bigint NOT NULL,
    CONSTRAINT banned_word_not_empty CHECK ((NOT ((word)::text = ''::text)))
);
ALTER TABLE public.streams_bannedword ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_bannedword_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_broadcast (
    id bigint NOT NULL,
    public_id character varying(12) NOT NULL,
    title_zh character varying(80) NOT NULL,
    title_en character varying(120) NOT NULL,
    cover character varying(100) NOT NULL,
    scheduled_at timestamp with time zone NOT NULL,
    planned_minutes smallint NOT NULL,
    state character varying(12) NOT NULL,
    state_version integer NOT NULL,
    is_demo boolean NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    host_online_at timestamp with time zone,
    host_offline_at timestamp with time zone,
    pins_version integer NOT NULL,
    likes bigint NOT NULL,
    peak_viewers integer NOT NULL,
    announcement character varying(120) NOT NULL,
    slow_mode_seconds smallint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    festival_id bigint,
    host_id bigint NOT NULL,
    region_id character varying(6) NOT NULL,
    shelf_version integer NOT NULL,
    followers_told_at timestamp with time zone,
    shelf_told character varying(64) NOT NULL,
    run_version integer NOT NULL,
    rehearsal_of_id bigint,
    picture_source character varying(8) DEFAULT 'camera'::character varying NOT NULL,
    CONSTRAINT broadcast_live_has_start CHECK (((NOT ((state)::text = 'live'::text)) OR (started_at IS NOT NULL))),
    CONSTRAINT broadcast_slow_mode CHECK ((slow_mode_seconds <= 120)),
    CONSTRAINT rehearsal_is_no_show CHECK ((((id > 0) AND (rehearsal_of_id IS NULL) AND (NOT ((public_id)::text ~~ '0%'::text)) AND (NOT ((state)::text = 'rehearsing'::text))) OR ((id < 0) AND ((public_id)::text ~~ '0%'::text) AND (rehearsal_of_id IS NOT NULL) AND ((state)::text = ANY (ARRAY[('rehearsing'::character varying)::text, ('ended'::character varying)::text]))))),
    CONSTRAINT streams_broadcast_likes_check CHECK ((likes >= 0)),
    CONSTRAINT streams_broadcast_peak_viewers_check CHECK ((peak_viewers >= 0)),
    CONSTRAINT streams_broadcast_pins_version_check CHECK ((pins_version >= 0)),
    CONSTRAINT streams_broadcast_planned_minutes_check CHECK ((planned_minutes >= 0)),
    CONSTRAINT streams_broadcast_run_version_check CHECK ((run_version >= 0)),
    CONSTRAINT streams_broadcast_shelf_version_check CHECK ((shelf_version >= 0)),
    CONSTRAINT streams_broadcast_slow_mode_seconds_check CHECK ((slow_mode_seconds >= 0)),
    CONSTRAINT streams_broadcast_state_version_check CHECK ((state_version >= 0))
);
ALTER TABLE public.streams_broadcast ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_broadcast_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_chatdevice (
    id bigint NOT NULL,
    device character varying(32) NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.streams_chatdevice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_chatdevice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_chatmessage (
    id bigint NOT NULL,
    key character varying(36) NOT NULL,
    text character varying(600) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    media_ms bigint,
    hidden_at timestamp with time zone,
    broadcast_id bigint NOT NULL,
    hidden_by_id bigint,
    user_id bigint NOT NULL,
    badge character varying(10) NOT NULL,
    is_demo boolean NOT NULL,
    text_en character varying(200) NOT NULL,
    reply_to_id bigint,
    visibility character varying(8) NOT NULL,
    CONSTRAINT chat_not_empty CHECK ((NOT ((text)::text = ''::text)))
);
ALTER TABLE public.streams_chatmessage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_chatmessage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_declaration (
    id bigint NOT NULL,
    is_related boolean NOT NULL,
    words character varying(200) NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    broadcast_id bigint NOT NULL,
    declared_by_id bigint NOT NULL,
    producer_id bigint NOT NULL,
    CONSTRAINT declared_with_words CHECK (((NOT is_related) OR (NOT ((words)::text = ''::text))))
);
ALTER TABLE public.streams_declaration ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_declaration_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_demand (
    id bigint NOT NULL,
    state character varying(9) NOT NULL,
    tags character varying(8)[] NOT NULL,
    gist character varying(200) NOT NULL,
    title_zh character varying(60) NOT NULL,
    title_en character varying(120) NOT NULL,
    details_zh character varying(300) NOT NULL,
    details_en character varying(500) NOT NULL,
    votes integer NOT NULL,
    voices integer NOT NULL,
    due_at timestamp with time zone,
    remind_at timestamp with time zone,
    answer_zh character varying(500) NOT NULL,
    answer_en character varying(800) NOT NULL,
    reason character varying(200) NOT NULL,
    is_demo boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone,
    assigned_at timestamp with time zone,
    answered_at timestamp with time zone,
    told_at timestamp with time zone,
    merged_into_id bigint,
    official_id bigint,
    prefecture_id character varying(6),
    product_id bigint,
    CONSTRAINT demand_answered_in_words CHECK (((NOT ((state)::text = ANY (ARRAY[('answered'::character varying)::text, ('told'::character varying)::text]))) OR ((NOT ((answer_zh)::text = ''::text)) AND (answered_at IS NOT NULL)))),
    CONSTRAINT demand_assigned_to_office CHECK (((NOT ((state)::text = ANY (ARRAY[('assigned'::character varying)::text, ('answered'::character varying)::text, ('told'::character varying)::text]))) OR ((assigned_at IS NOT NULL) AND (due_at IS NOT NULL) AND (official_id IS NOT NULL)))),
    CONSTRAINT demand_declined_for_a_reason CHECK (((NOT ((state)::text = 'declined'::text)) OR (NOT ((reason)::text = ''::text)))),
    CONSTRAINT demand_merged_into_one CHECK ((((merged_into_id IS NOT NULL) AND ((state)::text = 'merged'::text)) OR ((NOT ((state)::text = 'merged'::text)) AND (merged_into_id IS NULL)))),
    CONSTRAINT demand_not_into_itself CHECK ((NOT ((merged_into_id = id) AND (merged_into_id IS NOT NULL)))),
    CONSTRAINT demand_public_in_words CHECK (((NOT ((state)::text = ANY (ARRAY[('published'::character varying)::text, ('assigned'::character varying)::text, ('answered'::character varying)::text, ('told'::character varying)::text]))) OR ((NOT ((title_zh)::text = ''::text)) AND (published_at IS NOT NULL)))),
    CONSTRAINT streams_demand_voices_check CHECK ((voices >= 0)),
    CONSTRAINT streams_demand_votes_check CHECK ((votes >= 0))
);
ALTER TABLE public.streams_demand ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_demand_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_demandevent (
    id bigint NOT NULL,
    from_state character varying(9) NOT NULL,
    to_state character varying(9) NOT NULL,
    note character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    demand_id bigint NOT NULL
);
ALTER TABLE public.streams_demandevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_demandevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_demandreading (
    id bigint NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    is_slip boolean NOT NULL,
    media_start_ms bigint,
    media_end_ms bigint,
    broadcast_id bigint NOT NULL,
    demand_id bigint NOT NULL,
    CONSTRAINT slip_is_over CHECK (((NOT is_slip) OR (ended_at IS NOT NULL)))
);
ALTER TABLE public.streams_demandreading ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_demandreading_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_demandvoice (
    id bigint NOT NULL,
    source character varying(8) NOT NULL,
    key character varying(120) NOT NULL,
    text character varying(300) NOT NULL,
    times integer NOT NULL,
    heard_at timestamp with time zone NOT NULL,
    demand_id bigint NOT NULL,
    user_id bigint,
    CONSTRAINT demand_refund_without_words CHECK (((NOT ((source)::text = 'refund'::text)) OR ((text)::text = ''::text))),
    CONSTRAINT demand_voice_of_nobody CHECK (((NOT ((source)::text = ANY (ARRAY[('refund'::character varying)::text, ('search'::character varying)::text, ('watch'::character varying)::text]))) OR (user_id IS NULL))),
    CONSTRAINT streams_demandvoice_times_check CHECK ((times >= 0))
);
ALTER TABLE public.streams_demandvoice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_demandvoice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_demandvote (
    id bigint NOT NULL,
    voted_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    demand_id bigint NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.streams_demandvote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_demandvote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_draw (
    id bigint NOT NULL,
    public_id character varying(12) NOT NULL,
    key character varying(36) NOT NULL,
    prize_zh character varying(60) NOT NULL,
    prize_en character varying(100) NOT NULL,
    prize_fen integer NOT NULL,
    places smallint NOT NULL,
    must_follow boolean NOT NULL,
    passphrase character varying(20) NOT NULL,
    min_minutes smallint NOT NULL,
    entry_seconds smallint NOT NULL,
    if_unclaimed character varying(5) NOT NULL,
    terms_hash character varying(64) NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    state character varying(9) NOT NULL,
    version integer NOT NULL,
    told_entries integer NOT NULL,
    announced_at timestamp with time zone,
    opens_at timestamp with time zone,
    closes_at timestamp with time zone,
    seed_hash character varying(64) NOT NULL,
    seed_sealed text NOT NULL,
    beacon_round bigint,
    media_start_ms bigint,
    closed_at timestamp with time zone,
    entries_count integer,
    entries_hash character varying(64) NOT NULL,
    seed character varying(64) NOT NULL,
    beacon_value character varying(64) NOT NULL,
    beacon_signature character varying(200) NOT NULL,
    drawn_at timestamp with time zone,
    media_end_ms bigint,
    broadcast_id bigint NOT NULL,
    opened_by_id bigint,
    planned_by_id bigint NOT NULL,
    CONSTRAINT draw_entry_seconds CHECK (((entry_seconds >= 30) AND (entry_seconds <= 1800))),
    CONSTRAINT draw_min_minutes CHECK ((min_minutes <= 60)),
    CONSTRAINT draw_places_range CHECK (((places >= 1) AND (places <= 50))),
    CONSTRAINT draw_prize_value CHECK (((prize_fen >= 1) AND (prize_fen <= 5000000))),
    CONSTRAINT practice_draw_is_a_rehearsals CHECK ((((broadcast_id > 0) AND (id > 0) AND (NOT ((public_id)::text ~~ '0%'::text))) OR ((broadcast_id < 0) AND (id < 0) AND ((public_id)::text ~~ '0%'::text)))),
    CONSTRAINT streams_draw_entries_count_check CHECK ((entries_count >= 0)),
    CONSTRAINT streams_draw_entry_seconds_check CHECK ((entry_seconds >= 0)),
    CONSTRAINT streams_draw_min_minutes_check CHECK ((min_minutes >= 0)),
    CONSTRAINT streams_draw_places_check CHECK ((places >= 0)),
    CONSTRAINT streams_draw_prize_fen_check CHECK ((prize_fen >= 0)),
    CONSTRAINT streams_draw_told_entries_check CHECK ((told_entries >= 0)),
    CONSTRAINT streams_draw_version_check CHECK ((version >= 0))
);
ALTER TABLE public.streams_draw ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_draw_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_drawentry (
    id bigint NOT NULL,
    nonce character varying(32) NOT NULL,
    device character varying(32) NOT NULL,
    mark character varying(64) NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    draw_id bigint NOT NULL,
    user_id bigint,
    CONSTRAINT draw_nonce CHECK (((nonce)::text ~ '^[0-9a-f]{32}$'::text))
);
ALTER TABLE public.streams_drawentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_drawentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_drawwinner (
    id bigint NOT NULL,
    rank integer NOT NULL,
    key character varying(64) NOT NULL,
    state character varying(8) NOT NULL,
    told_at timestamp with time zone NOT NULL,
    deadline timestamp with time zone,
    address jsonb NOT NULL,
    claimed_at timestamp with time zone,
    declined_at timestamp with time zone,
    sent_at timestamp with time zone,
    sent_note character varying(60) NOT NULL,
    draw_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT no_prize_in_a_rehearsal CHECK ((((deadline IS NOT NULL) AND (draw_id > 0) AND (NOT ((state)::text = 'practice'::text))) OR ((address = '{}'::jsonb) AND (claimed_at IS NULL) AND (deadline IS NULL) AND (declined_at IS NULL) AND (draw_id < 0) AND (sent_at IS NULL) AND ((sent_note)::text = ''::text) AND ((state)::text = 'practice'::text)))),
    CONSTRAINT streams_drawwinner_rank_check CHECK ((rank >= 0))
);
ALTER TABLE public.streams_drawwinner ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_drawwinner_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_flashsale (
    id bigint NOT NULL,
    price_fen integer NOT NULL,
    base_price_fen integer,
    quantity integer NOT NULL,
    per_person_limit smallint NOT NULL,
    countdown_seconds smallint NOT NULL,
    run_seconds smallint NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    planned_at timestamp with time zone,
    subsidy_payer_zh character varying(80) NOT NULL,
    subsidy_payer_en character varying(120) NOT NULL,
    state character varying(10) NOT NULL,
    version integer NOT NULL,
    approved_at timestamp with time zone,
    started_at timestamp with time zone,
    closed_at timestamp with time zone,
    reason character varying(10) NOT NULL,
    units_taken integer,
    note character varying(200) NOT NULL,
    media_start_ms bigint,
    media_end_ms bigint,
    created_at timestamp with time zone NOT NULL,
    approved_by_id bigint,
    broadcast_id bigint NOT NULL,
    closed_by_id bigint,
    deal_id bigint,
    festival_id bigint NOT NULL,
    product_id bigint NOT NULL,
    proposed_by_id bigint NOT NULL,
    started_by_id bigint,
    CONSTRAINT flash_approved_by_someone CHECK ((((state)::text = ANY (ARRAY[('proposed'::character varying)::text, ('withdrawn'::character varying)::text])) OR ((approved_at IS NOT NULL) AND (approved_by_id IS NOT NULL) AND (base_price_fen IS NOT NULL)))),
    CONSTRAINT flash_countdown CHECK (((countdown_seconds >= 10) AND (countdown_seconds <= 300))),
    CONSTRAINT flash_numbers CHECK (((per_person_limit > 0) AND (price_fen > 0) AND (quantity > 0) AND (per_person_limit <= quantity))),
    CONSTRAINT flash_planned_in_window CHECK (((planned_at IS NULL) OR ((planned_at >= opens_at) AND (planned_at < closes_at)))),
    CONSTRAINT flash_run CHECK (((run_seconds >= 60) AND (run_seconds <= 1200))),
    CONSTRAINT flash_started_has_deal CHECK (((NOT ((state)::text = ANY (ARRAY[('countdown'::character varying)::text, ('running'::character varying)::text, ('ended'::character varying)::text]))) OR ((deal_id IS NOT NULL) AND (started_at IS NOT NULL)))),
    CONSTRAINT flash_window CHECK ((closes_at > opens_at)),
    CONSTRAINT streams_flashsale_base_price_fen_check CHECK ((base_price_fen >= 0)),
    CONSTRAINT streams_flashsale_countdown_seconds_check CHECK ((countdown_seconds >= 0)),
    CONSTRAINT streams_flashsale_per_person_limit_check CHECK ((per_person_limit >= 0)),
    CONSTRAINT streams_flashsale_price_fen_check CHECK ((price_fen >= 0)),
    CONSTRAINT streams_flashsale_quantity_check CHECK ((quantity >= 0)),
    CONSTRAINT streams_flashsale_run_seconds_check CHECK ((run_seconds >= 0)),
    CONSTRAINT streams_flashsale_units_taken_check CHECK ((units_taken >= 0)),
    CONSTRAINT streams_flashsale_version_check CHECK ((version >= 0))
);
ALTER TABLE public.streams_flashsale ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_flashsale_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_follow (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    official_id bigint NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.streams_follow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_follow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_moderationaction (
    id bigint NOT NULL,
    deed character varying(8) NOT NULL,
    reason character varying(8) NOT NULL,
    note character varying(500) NOT NULL,
    until timestamp with time zone,
    at timestamp with time zone NOT NULL,
    broadcast_id bigint,
    by_id bigint NOT NULL,
    message_id bigint,
    user_id bigint NOT NULL,
    sanction_id bigint
);
ALTER TABLE public.streams_moderationaction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_moderationaction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_pin (
    id bigint NOT NULL,
    pinned_at timestamp with time zone NOT NULL,
    unpinned_at timestamp with time zone,
    media_start_ms bigint,
    media_end_ms bigint,
    broadcast_id bigint NOT NULL,
    pinned_by_id bigint NOT NULL,
    item_id bigint NOT NULL
);
ALTER TABLE public.streams_pin ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_pin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_poll (
    id bigint NOT NULL,
    public_id character varying(12) NOT NULL,
    key character varying(36) NOT NULL,
    question character varying(180) NOT NULL,
    choices jsonb NOT NULL,
    tally jsonb NOT NULL,
    state character varying(6) NOT NULL,
    is_pinned boolean NOT NULL,
    version integer NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    media_start_ms bigint,
    media_end_ms bigint,
    broadcast_id bigint NOT NULL,
    opened_by_id bigint NOT NULL,
    CONSTRAINT streams_poll_version_check CHECK ((version >= 0))
);
ALTER TABLE public.streams_poll ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_poll_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_pollvote (
    id bigint NOT NULL,
    choice smallint NOT NULL,
    voted_at timestamp with time zone NOT NULL,
    poll_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT streams_pollvote_choice_check CHECK ((choice >= 0))
);
ALTER TABLE public.streams_pollvote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_pollvote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_portraitconsent (
    id bigint NOT NULL,
    given_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    given_by_id bigint NOT NULL,
    official_id bigint NOT NULL
);
ALTER TABLE public.streams_portraitconsent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_portraitconsent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE SEQUENCE public.streams_practice_draw_id
    START WITH -1
    INCREMENT BY -1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.streams_question (
    id bigint NOT NULL,
    key character varying(36) NOT NULL,
    text character varying(300) NOT NULL,
    state character varying(8) NOT NULL,
    votes integer NOT NULL,
    version integer NOT NULL,
    told_version integer NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    taken_at timestamp with time zone,
    answered_at timestamp with time zone,
    media_start_ms bigint,
    media_end_ms bigint,
    broadcast_id bigint NOT NULL,
    closed_by_id bigint,
    user_id bigint NOT NULL,
    CONSTRAINT question_answered_at CHECK (((NOT ((state)::text = 'answered'::text)) OR ((answered_at IS NOT NULL) AND (taken_at IS NOT NULL)))),
    CONSTRAINT question_not_empty CHECK ((NOT ((text)::text = ''::text))),
    CONSTRAINT streams_question_told_version_check CHECK ((told_version >= 0)),
    CONSTRAINT streams_question_version_check CHECK ((version >= 0)),
    CONSTRAINT streams_question_votes_check CHECK ((votes >= 0))
);
ALTER TABLE public.streams_question ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_question_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_questionvote (
    id bigint NOT NULL,
    voted_at timestamp with time zone NOT NULL,
    question_id bigint NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.streams_questionvote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_questionvote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_recordingalert (
    id bigint NOT NULL,
    reason character varying(300) NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    broadcast_id bigint NOT NULL
);
ALTER TABLE public.streams_recordingalert ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_recordingalert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_rehearsal (
    broadcast_id bigint NOT NULL,
    crowd smallint NOT NULL,
    step integer NOT NULL,
    opened_by_id bigint NOT NULL,
    CONSTRAINT rehearsal_apart CHECK ((broadcast_id < 0)),
    CONSTRAINT streams_rehearsal_crowd_check CHECK ((crowd >= 0)),
    CONSTRAINT streams_rehearsal_step_check CHECK ((step >= 0))
);
CREATE SEQUENCE public.streams_rehearsal_id
    START WITH -1
    INCREMENT BY -1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.streams_rehearsalflash (
    id bigint NOT NULL,
    quantity integer NOT NULL,
    base_price_fen integer NOT NULL,
    state character varying(10) NOT NULL,
    reason character varying(10) NOT NULL,
    version integer NOT NULL,
    taken integer NOT NULL,
    stock_version integer NOT NULL,
    started_at timestamp with time zone,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    closed_at timestamp with time zone,
    broadcast_id bigint NOT NULL,
    plan_id bigint NOT NULL,
    CONSTRAINT rehearsal_flash_has_times CHECK (((NOT ((state)::text = ANY (ARRAY[('countdown'::character varying)::text, ('running'::character varying)::text, ('ended'::character varying)::text]))) OR ((started_at IS NOT NULL) AND (starts_at < ends_at)))),
    CONSTRAINT rehearsal_flash_is_none CHECK ((broadcast_id < 0)),
    CONSTRAINT rehearsal_flash_units CHECK ((taken <= quantity)),
    CONSTRAINT streams_rehearsalflash_base_price_fen_check CHECK ((base_price_fen >= 0)),
    CONSTRAINT streams_rehearsalflash_quantity_check CHECK ((quantity >= 0)),
    CONSTRAINT streams_rehearsalflash_stock_version_check CHECK ((stock_version >= 0)),
    CONSTRAINT streams_rehearsalflash_taken_check CHECK ((taken >= 0)),
    CONSTRAINT streams_rehearsalflash_version_check CHECK ((version >= 0))
);
ALTER TABLE public.streams_rehearsalflash ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_rehearsalflash_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_rehearsalguest (
    id bigint NOT NULL,
    invited_at timestamp with time zone NOT NULL,
    invited_by_id bigint,
    show_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT guests_of_a_show CHECK ((show_id > 0))
);
ALTER TABLE public.streams_rehearsalguest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_rehearsalguest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_rehearsalorder (
    id bigint NOT NULL,
    key character varying(36) NOT NULL,
    quantity smallint NOT NULL,
    unit_price_fen integer NOT NULL,
    state character varying(8) NOT NULL,
    at timestamp with time zone NOT NULL,
    broadcast_id bigint NOT NULL,
    buyer_id bigint,
    product_id bigint NOT NULL,
    flash_id bigint,
    CONSTRAINT rehearsal_order_is_none CHECK ((broadcast_id < 0)),
    CONSTRAINT rehearsal_order_quantity CHECK ((quantity > 0)),
    CONSTRAINT streams_rehearsalorder_quantity_check CHECK ((quantity >= 0)),
    CONSTRAINT streams_rehearsalorder_unit_price_fen_check CHECK ((unit_price_fen >= 0))
);
ALTER TABLE public.streams_rehearsalorder ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_rehearsalorder_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_relay (
    id bigint NOT NULL,
    state character varying(10) NOT NULL,
    version integer NOT NULL,
    announced_at timestamp with time zone NOT NULL,
    goes_at timestamp with time zone,
    from_show_id bigint NOT NULL,
    made_by_id bigint NOT NULL,
    to_show_id bigint NOT NULL,
    CONSTRAINT relay_of_no_rehearsal CHECK (((from_show_id > 0) AND (to_show_id > 0))),
    CONSTRAINT relay_started_has_time CHECK (((NOT ((state)::text = 'started'::text)) OR (goes_at IS NOT NULL))),
    CONSTRAINT relay_to_another_show CHECK ((NOT (from_show_id = to_show_id))),
    CONSTRAINT streams_relay_version_check CHECK ((version >= 0))
);
ALTER TABLE public.streams_relay ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_relay_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_reminder (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    broadcast_id bigint NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.streams_reminder ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_reminder_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_replay (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    is_public boolean NOT NULL,
    duration_ms bigint NOT NULL,
    octets bigint NOT NULL,
    segments integer NOT NULL,
    stretches jsonb NOT NULL,
    manifest_sha256 character varying(64) NOT NULL,
    poster_ms bigint,
    attempts smallint NOT NULL,
    claimed_at timestamp with time zone,
    note character varying(300) NOT NULL,
    ready_at timestamp with time zone,
    removed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    broadcast_id bigint NOT NULL,
    CONSTRAINT replay_ready_is_whole CHECK (((NOT ((state)::text = 'ready'::text)) OR ((duration_ms > 0) AND (ready_at IS NOT NULL)))),
    CONSTRAINT streams_replay_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT streams_replay_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT streams_replay_octets_check CHECK ((octets >= 0)),
    CONSTRAINT streams_replay_poster_ms_check CHECK ((poster_ms >= 0)),
    CONSTRAINT streams_replay_segments_check CHECK ((segments >= 0))
);
ALTER TABLE public.streams_replay ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_replay_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_replaychapter (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    item_id bigint,
    title_zh character varying(120) NOT NULL,
    title_en character varying(160) NOT NULL,
    start_ms bigint NOT NULL,
    end_ms bigint NOT NULL,
    has_thumb boolean NOT NULL,
    product_id bigint,
    replay_id bigint NOT NULL,
    CONSTRAINT replay_chapter_lasts CHECK ((end_ms > start_ms)),
    CONSTRAINT streams_replaychapter_end_ms_check CHECK ((end_ms >= 0)),
    CONSTRAINT streams_replaychapter_start_ms_check CHECK ((start_ms >= 0))
);
ALTER TABLE public.streams_replaychapter ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_replaychapter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_replayexport (
    id bigint NOT NULL,
    key uuid NOT NULL,
    state character varying(8) NOT NULL,
    percent smallint NOT NULL,
    octets bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    note character varying(300) NOT NULL,
    attempts smallint NOT NULL,
    seen_at timestamp with time zone,
    done_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    asked_by_id bigint NOT NULL,
    replay_id bigint NOT NULL,
    CONSTRAINT streams_replayexport_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT streams_replayexport_octets_check CHECK ((octets >= 0)),
    CONSTRAINT streams_replayexport_percent_check CHECK ((percent >= 0))
);
ALTER TABLE public.streams_replayexport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_replayexport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_roomrole (
    id bigint NOT NULL,
    role character varying(10) NOT NULL,
    broadcast_id bigint,
    user_id bigint NOT NULL,
    given_at timestamp with time zone,
    given_by_id bigint,
    CONSTRAINT named_for_one_show CHECK (((broadcast_id IS NOT NULL) OR (NOT ((role)::text = ANY (ARRAY[('chat'::character varying)::text, ('pins'::character varying)::text, ('draws'::character varying)::text])))))
);
ALTER TABLE public.streams_roomrole ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_roomrole_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_runtemplate (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    is_shared boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint NOT NULL,
    host_id bigint NOT NULL,
    CONSTRAINT run_template_has_name CHECK ((NOT ((name)::text = ''::text)))
);
ALTER TABLE public.streams_runtemplate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_runtemplate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_runtemplatesegment (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    title_zh character varying(60) NOT NULL,
    title_en character varying(100) NOT NULL,
    planned_minutes smallint NOT NULL,
    script text NOT NULL,
    "position" smallint NOT NULL,
    product_id bigint,
    template_id bigint NOT NULL,
    CONSTRAINT run_template_minutes CHECK (((planned_minutes >= 1) AND (planned_minutes <= 180))),
    CONSTRAINT streams_runtemplatesegment_planned_minutes_check CHECK ((planned_minutes >= 0)),
    CONSTRAINT streams_runtemplatesegment_position_check CHECK (("position" >= 0))
);
ALTER TABLE public.streams_runtemplatesegment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_runtemplatesegment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_sanction (
    id bigint NOT NULL,
    kind character varying(4) NOT NULL,
    reason character varying(8) NOT NULL,
    note character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    until timestamp with time zone,
    lifted_at timestamp with time zone,
    appeal character varying(8) NOT NULL,
    appeal_text character varying(500) NOT NULL,
    appealed_at timestamp with time zone,
    decided_at timestamp with time zone,
    answer character varying(300) NOT NULL,
    broadcast_id bigint,
    by_id bigint NOT NULL,
    decided_by_id bigint,
    host_id bigint,
    lifted_by_id bigint,
    message_id bigint,
    user_id bigint NOT NULL,
    CONSTRAINT appeal_decided_by_someone CHECK (((NOT ((appeal)::text = ANY (ARRAY[('granted'::character varying)::text, ('upheld'::character varying)::text]))) OR ((decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL)))),
    CONSTRAINT sanction_term CHECK (((until IS NULL) OR (until > created_at)))
);
ALTER TABLE public.streams_sanction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_sanction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_scriptclearance (
    id bigint NOT NULL,
    word character varying(60) NOT NULL,
    sentence character varying(500) NOT NULL,
    reason character varying(200) NOT NULL,
    cleared_at timestamp with time zone NOT NULL,
    cleared_by_id bigint NOT NULL,
    segment_id bigint NOT NULL,
    CONSTRAINT cleared_for_a_reason CHECK ((NOT ((reason)::text = ''::text)))
);
ALTER TABLE public.streams_scriptclearance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_scriptclearance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_segment (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    title_zh character varying(60) NOT NULL,
    title_en character varying(100) NOT NULL,
    planned_minutes smallint NOT NULL,
    script text NOT NULL,
    "position" smallint NOT NULL,
    state character varying(8) NOT NULL,
    version integer NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    media_start_ms bigint,
    media_end_ms bigint,
    broadcast_id bigint NOT NULL,
    flash_sale_id bigint,
    product_id bigint,
    CONSTRAINT segment_minutes CHECK (((planned_minutes >= 1) AND (planned_minutes <= 180))),
    CONSTRAINT segment_times_of_its_state CHECK ((((ended_at IS NULL) AND (started_at IS NULL) AND ((state)::text = 'planned'::text)) OR ((ended_at IS NULL) AND (started_at IS NOT NULL) AND ((state)::text = 'running'::text)) OR ((ended_at IS NOT NULL) AND (started_at IS NOT NULL) AND ((state)::text = 'done'::text)))),
    CONSTRAINT streams_segment_planned_minutes_check CHECK ((planned_minutes >= 0)),
    CONSTRAINT streams_segment_position_check CHECK (("position" >= 0)),
    CONSTRAINT streams_segment_version_check CHECK ((version >= 0))
);
ALTER TABLE public.streams_segment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_segment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_shelfitem (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    broadcast_id bigint NOT NULL,
    deal_id bigint,
    product_id bigint NOT NULL,
    CONSTRAINT streams_shelfitem_position_check CHECK (("position" >= 0))
);
ALTER TABLE public.streams_shelfitem ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_shelfitem_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_showapproval (
    id bigint NOT NULL,
    state character varying(10) NOT NULL,
    words character varying(300) NOT NULL,
    proposed_at timestamp with time zone,
    due_at timestamp with time zone,
    decided_at timestamp with time zone,
    reason character varying(300) NOT NULL,
    fingerprint character varying(64) NOT NULL,
    reminders smallint NOT NULL,
    reminded_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    broadcast_id bigint NOT NULL,
    decided_by_id bigint,
    proposed_by_id bigint,
    CONSTRAINT show_approved_by_another CHECK (((NOT ((state)::text = 'approved'::text)) OR ((decided_at IS NOT NULL) AND (decided_by_id IS NOT NULL) AND (NOT ((fingerprint)::text = ''::text)) AND (NOT ((decided_by_id = proposed_by_id) AND (decided_by_id IS NOT NULL) AND (proposed_by_id IS NOT NULL)))))),
    CONSTRAINT show_proposed_by_someone CHECK (((NOT ((state)::text = 'proposed'::text)) OR ((due_at IS NOT NULL) AND (proposed_at IS NOT NULL) AND (proposed_by_id IS NOT NULL)))),
    CONSTRAINT streams_showapproval_reminders_check CHECK ((reminders >= 0))
);
ALTER TABLE public.streams_showapproval ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_showapproval_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_showapprovalstep (
    id bigint NOT NULL,
    from_state character varying(12) NOT NULL,
    to_state character varying(12) NOT NULL,
    note character varying(300) NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    approval_id bigint NOT NULL
);
ALTER TABLE public.streams_showapprovalstep ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_showapprovalstep_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_showfigures (
    broadcast_id bigint NOT NULL,
    version integer NOT NULL,
    viewers integer NOT NULL,
    peak integer NOT NULL,
    likes bigint NOT NULL,
    watched integer NOT NULL,
    opened integer NOT NULL,
    messages integer NOT NULL,
    followers integer NOT NULL,
    orders integer NOT NULL,
    paid_orders integer NOT NULL,
    waiting_orders integer NOT NULL,
    buyers integer NOT NULL,
    units integer NOT NULL,
    created_fen bigint NOT NULL,
    paid_fen bigint NOT NULL,
    waiting_fen bigint NOT NULL,
    refunded_fen bigint NOT NULL,
    products jsonb NOT NULL,
    counted_at timestamp with time zone,
    told_at timestamp with time zone,
    advice jsonb,
    CONSTRAINT figures_paid_of_all CHECK ((paid_orders <= orders)),
    CONSTRAINT streams_showfigures_buyers_check CHECK ((buyers >= 0)),
    CONSTRAINT streams_showfigures_followers_check CHECK ((followers >= 0)),
    CONSTRAINT streams_showfigures_likes_check CHECK ((likes >= 0)),
    CONSTRAINT streams_showfigures_messages_check CHECK ((messages >= 0)),
    CONSTRAINT streams_showfigures_opened_check CHECK ((opened >= 0)),
    CONSTRAINT streams_showfigures_orders_check CHECK ((orders >= 0)),
    CONSTRAINT streams_showfigures_paid_orders_check CHECK ((paid_orders >= 0)),
    CONSTRAINT streams_showfigures_peak_check CHECK ((peak >= 0)),
    CONSTRAINT streams_showfigures_units_check CHECK ((units >= 0)),
    CONSTRAINT streams_showfigures_version_check CHECK ((version >= 0)),
    CONSTRAINT streams_showfigures_viewers_check CHECK ((viewers >= 0)),
    CONSTRAINT streams_showfigures_waiting_orders_check CHECK ((waiting_orders >= 0)),
    CONSTRAINT streams_showfigures_watched_check CHECK ((watched >= 0))
);
CREATE TABLE public.streams_showlook (
    id bigint NOT NULL,
    person bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    broadcast_id bigint NOT NULL,
    product_id bigint NOT NULL
);
ALTER TABLE public.streams_showlook ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_showlook_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_showmoment (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    viewers integer NOT NULL,
    broadcast_id bigint NOT NULL,
    CONSTRAINT streams_showmoment_viewers_check CHECK ((viewers >= 0))
);
ALTER TABLE public.streams_showmoment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_showmoment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_showvisitor (
    id bigint NOT NULL,
    person bigint NOT NULL,
    visits integer NOT NULL,
    seconds integer NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    broadcast_id bigint NOT NULL,
    CONSTRAINT streams_showvisitor_seconds_check CHECK ((seconds >= 0)),
    CONSTRAINT streams_showvisitor_visits_check CHECK ((visits >= 0)),
    CONSTRAINT visitor_was_there CHECK (((last_at >= first_at) AND (visits > 0)))
);
ALTER TABLE public.streams_showvisitor ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_showvisitor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_showwatch (
    broadcast_id bigint NOT NULL,
    looked_at timestamp with time zone NOT NULL
);
CREATE TABLE public.streams_streamkey (
    id bigint NOT NULL,
    digest character varying(64) NOT NULL,
    ending character varying(4) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    broadcast_id bigint NOT NULL,
    made_by_id bigint NOT NULL
);
ALTER TABLE public.streams_streamkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_streamkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.streams_wordlist (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    consequence character varying(6) NOT NULL,
    is_active boolean NOT NULL,
    version integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    host_id bigint,
    CONSTRAINT streams_wordlist_version_check CHECK ((version >= 0))
);
ALTER TABLE public.streams_wordlist ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.streams_wordlist_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.usersessions_usersession (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ip inet NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    session_key character varying(40) NOT NULL,
    user_agent character varying(200) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.usersessions_usersession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usersessions_usersession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);



























































INSERT INTO public.orders_refundrule VALUES (1, true, 2000, 2, '{bad_fruit,damaged}', 48, 10000, NULL);






















INSERT INTO public.products_searchalias VALUES (1, '沙糖桔,砂糖橘,沙糖橘,砂糖桔', '两种写法都常见', now());
INSERT INTO public.products_searchalias VALUES (2, '芒果,杧果,檬果,mango', '', now());
INSERT INTO public.products_searchalias VALUES (3, '沃柑,wokan,orah mandarin', '', now());
INSERT INTO public.products_searchalias VALUES (4, '金桔,金橘,kumquat', '', now());
INSERT INTO public.products_searchalias VALUES (5, '柚子,沙田柚,文旦,pomelo', '', now());
INSERT INTO public.products_searchalias VALUES (6, '荔枝,离枝,lychee,litchi,lichee', '', now());
INSERT INTO public.products_searchalias VALUES (7, '龙眼,桂圆,longan', '', now());
INSERT INTO public.products_searchalias VALUES (8, '火龙果,红龙果,dragon fruit,pitaya,pitahaya', '', now());
INSERT INTO public.products_searchalias VALUES (9, '百香果,西番莲,passion fruit,maracuja', '', now());
INSERT INTO public.products_searchalias VALUES (10, '罗汉果,luo han guo,monk fruit,luohanguo', '', now());
INSERT INTO public.products_searchalias VALUES (11, '八角,大料,八角茴香,star anise', '', now());
INSERT INTO public.products_searchalias VALUES (12, '肉桂,桂皮,cinnamon,cassia', '', now());
INSERT INTO public.products_searchalias VALUES (13, '螺蛳粉,螺丝粉,螺狮粉,luosifen,river snail noodles,snail noodles', '', now());
INSERT INTO public.products_searchalias VALUES (14, '米粉,粉条,rice noodles,rice vermicelli', '', now());
INSERT INTO public.products_searchalias VALUES (15, '老友粉,老友面,laoyou noodles', '', now());
INSERT INTO public.products_searchalias VALUES (16, '茉莉花茶,香片,jasmine tea', '', now());
INSERT INTO public.products_searchalias VALUES (17, '六堡茶,liu bao tea,liubao tea,dark tea', '', now());
INSERT INTO public.products_searchalias VALUES (18, '核桃,胡桃,walnut', '', now());
INSERT INTO public.products_searchalias VALUES (19, '板栗,栗子,chestnut', '', now());
INSERT INTO public.products_searchalias VALUES (20, '花生,落花生,peanut,groundnut', '', now());
INSERT INTO public.products_searchalias VALUES (21, '红薯,番薯,地瓜,甘薯,sweet potato', '', now());
INSERT INTO public.products_searchalias VALUES (22, '马铃薯,土豆,洋芋,potato', '', now());
INSERT INTO public.products_searchalias VALUES (23, '玉米,苞谷,包谷,corn,maize', '', now());
INSERT INTO public.products_searchalias VALUES (24, '芋头,香芋,荔浦芋,taro', '', now());
INSERT INTO public.products_searchalias VALUES (25, '马蹄,荸荠,water chestnut', '', now());
INSERT INTO public.products_searchalias VALUES (26, '木薯,树薯,cassava', '', now());
INSERT INTO public.products_searchalias VALUES (27, '山药,淮山,怀山,chinese yam', '', now());
INSERT INTO public.products_searchalias VALUES (28, '香蕉,芭蕉,banana', '', now());
INSERT INTO public.products_searchalias VALUES (29, '菠萝,凤梨,pineapple', '', now());
INSERT INTO public.products_searchalias VALUES (30, '菠萝蜜,木菠萝,jackfruit', '', now());
INSERT INTO public.products_searchalias VALUES (31, '圣女果,小番茄,小西红柿,cherry tomato', '', now());
INSERT INTO public.products_searchalias VALUES (32, '西红柿,番茄,tomato', '', now());
INSERT INTO public.products_searchalias VALUES (33, '葡萄,提子,grape', '', now());
INSERT INTO public.products_searchalias VALUES (34, '猕猴桃,奇异果,kiwi', '', now());
INSERT INTO public.products_searchalias VALUES (35, '黑山羊,山羊肉,goat meat,mutton', '', now());
INSERT INTO public.products_searchalias VALUES (36, '香猪,巴马香猪,fragrant pig,miniature pig', '', now());
INSERT INTO public.products_searchalias VALUES (37, '土鸡,走地鸡,三黄鸡,free range chicken', '', now());
INSERT INTO public.products_searchalias VALUES (38, '生蚝,牡蛎,蚝,oyster', '', now());
INSERT INTO public.products_searchalias VALUES (39, '对虾,海虾,虾,prawn,shrimp', '', now());
INSERT INTO public.products_searchalias VALUES (40, '沙虫,沙蚕,sand worm,peanut worm', '', now());
INSERT INTO public.products_searchalias VALUES (41, '腐竹,豆腐皮,支竹,bean curd sticks,tofu skin', '', now());
INSERT INTO public.products_searchalias VALUES (42, '茶油,山茶油,油茶籽油,camellia oil,tea seed oil', '', now());
INSERT INTO public.products_searchalias VALUES (43, '蜂蜜,蜜糖,honey', '', now());
INSERT INTO public.products_searchalias VALUES (44, '红糖,片糖,brown sugar', '', now());
INSERT INTO public.products_searchalias VALUES (45, '绣球,xiuqiu,embroidered ball', '', now());
INSERT INTO public.products_searchalias VALUES (46, '壮锦,zhuang brocade', '', now());
INSERT INTO public.products_searchalias VALUES (47, '糯米,江米,glutinous rice,sticky rice', '', now());
INSERT INTO public.products_searchalias VALUES (48, '大米,稻米,rice', '', now());
INSERT INTO public.products_searchalias VALUES (49, '豆豉,fermented black beans,douchi', '', now());
INSERT INTO public.products_searchalias VALUES (50, '辣椒酱,辣酱,chilli sauce,chili sauce,hot sauce', '', now());
INSERT INTO public.products_searchalias VALUES (51, '蜜桔,蜜橘,honey tangerine', '', now());
INSERT INTO public.products_searchalias VALUES (52, '贡柑,皇帝柑,gonggan', '', now());
INSERT INTO public.products_searchalias VALUES (53, '腊肉,腊猪肉,cured pork,bacon', '', now());
INSERT INTO public.products_searchalias VALUES (54, '火麻油,汉麻油,hemp seed oil,hemp oil', '', now());
INSERT INTO public.products_searchalias VALUES (55, '坚果,夏威夷果,澳洲坚果,macadamia', '', now());
INSERT INTO public.products_searchalias VALUES (56, '生姜,姜,ginger', '', now());
INSERT INTO public.products_searchalias VALUES (57, '银花,金银花,忍冬,honeysuckle', '', now());




























































SELECT pg_catalog.setval('public.orders_refundrule_id_seq', 1, true);
SELECT pg_catalog.setval('public.products_searchalias_id_seq', 57, true);
SELECT pg_catalog.setval('public.streams_practice_draw_id', -1, false);
SELECT pg_catalog.setval('public.streams_rehearsal_id', -1, false);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_address
    ADD CONSTRAINT accounts_address_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_closingrequest
    ADD CONSTRAINT accounts_closingrequest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_closingrequest
    ADD CONSTRAINT accounts_closingrequest_user_id_key UNIQUE (user_id);
ALTER TABLE ONLY public.accounts_datacopy
    ADD CONSTRAINT accounts_datacopy_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_email_key UNIQUE (email);
ALTER TABLE ONLY public.accounts_user_groups
    ADD CONSTRAINT accounts_user_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_user_groups
    ADD CONSTRAINT accounts_user_groups_user_id_group_id_59c0b32f_uniq UNIQUE (user_id, group_id);
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_user_user_permissions
    ADD CONSTRAINT accounts_user_user_permi_user_id_permission_id_2ab516c2_uniq UNIQUE (user_id, permission_id);
ALTER TABLE ONLY public.accounts_user_user_permissions
    ADD CONSTRAINT accounts_user_user_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_question
    ADD CONSTRAINT asked_once UNIQUE (broadcast_id, user_id, key);
ALTER TABLE ONLY public.audit_auditentry
    ADD CONSTRAINT audit_auditentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_banneddevice
    ADD CONSTRAINT banned_device_once UNIQUE (sanction_id, device);
ALTER TABLE ONLY public.streams_bannedword
    ADD CONSTRAINT banned_word_once UNIQUE (list_id, word);
ALTER TABLE ONLY public.orders_basketline
    ADD CONSTRAINT basket_line_once UNIQUE (user_id, product_id);
ALTER TABLE ONLY public.streams_chatdevice
    ADD CONSTRAINT chat_device_once UNIQUE (user_id, device);
ALTER TABLE ONLY public.streams_chatmessage
    ADD CONSTRAINT chat_said_once UNIQUE (broadcast_id, user_id, key);
ALTER TABLE ONLY public.streams_scriptclearance
    ADD CONSTRAINT cleared_once UNIQUE (segment_id, word, sentence);
ALTER TABLE ONLY public.orders_couponuse
    ADD CONSTRAINT coupon_once_an_order UNIQUE (order_id, coupon_id);
ALTER TABLE ONLY public.products_deal
    ADD CONSTRAINT deal_no_overlap EXCLUDE USING gist (product_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (((NOT is_flash) AND ((state)::text = 'approved'::text)));
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.streams_drawentry
    ADD CONSTRAINT draw_mark_once UNIQUE (draw_id, mark);
ALTER TABLE ONLY public.streams_draw
    ADD CONSTRAINT draw_planned_once UNIQUE (broadcast_id, key);
ALTER TABLE ONLY public.streams_drawwinner
    ADD CONSTRAINT draw_rank_once UNIQUE (draw_id, rank);
ALTER TABLE ONLY public.products_deal
    ADD CONSTRAINT flash_no_overlap EXCLUDE USING gist (product_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE ((is_flash AND ((state)::text = 'approved'::text)));
ALTER TABLE ONLY public.streams_follow
    ADD CONSTRAINT follow_once UNIQUE (user_id, official_id);
ALTER TABLE ONLY public.orders_parcelline
    ADD CONSTRAINT line_once_in_a_parcel UNIQUE (parcel_id, line_id);
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_choice
    ADD CONSTRAINT notifications_choice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_delivery
    ADD CONSTRAINT notifications_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notification_key_key UNIQUE (key);
ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notification_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_pushsubscription
    ADD CONSTRAINT notifications_pushsubscription_endpoint_hash_key UNIQUE (endpoint_hash);
ALTER TABLE ONLY public.notifications_pushsubscription
    ADD CONSTRAINT notifications_pushsubscription_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_quiethours
    ADD CONSTRAINT notifications_quiethours_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications_quiethours
    ADD CONSTRAINT notifications_quiethours_user_id_key UNIQUE (user_id);
ALTER TABLE ONLY public.officials_assistant
    ADD CONSTRAINT officials_assistant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.officials_curator
    ADD CONSTRAINT officials_curator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.officials_official
    ADD CONSTRAINT officials_official_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.officials_official
    ADD CONSTRAINT officials_official_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.officials_official
    ADD CONSTRAINT officials_official_user_id_key UNIQUE (user_id);
ALTER TABLE ONLY public.officials_officialcheck
    ADD CONSTRAINT officials_officialcheck_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.officials_region
    ADD CONSTRAINT officials_region_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.orders_account
    ADD CONSTRAINT one_account UNIQUE NULLS NOT DISTINCT (kind, producer_id, payer);
ALTER TABLE ONLY public.officials_assistant
    ADD CONSTRAINT one_assistant_row UNIQUE (official_id, user_id);
ALTER TABLE ONLY public.notifications_choice
    ADD CONSTRAINT one_choice UNIQUE (user_id, kind, channel);
ALTER TABLE ONLY public.officials_curator
    ADD CONSTRAINT one_curator_row UNIQUE (user_id, prefecture_id);
ALTER TABLE ONLY public.streams_declaration
    ADD CONSTRAINT one_declaration UNIQUE (broadcast_id, producer_id);
ALTER TABLE ONLY public.notifications_delivery
    ADD CONSTRAINT one_delivery_a_channel UNIQUE NULLS NOT DISTINCT (notification_id, channel, subscription_id);
ALTER TABLE ONLY public.streams_demandvote
    ADD CONSTRAINT one_demand_vote UNIQUE (demand_id, user_id);
ALTER TABLE ONLY public.streams_drawentry
    ADD CONSTRAINT one_draw_entry_a_person UNIQUE (draw_id, user_id);
ALTER TABLE ONLY public.orders_hold
    ADD CONSTRAINT one_hold_a_pool UNIQUE (order_id, pool_id);
ALTER TABLE ONLY public.streams_rehearsalguest
    ADD CONSTRAINT one_invitation UNIQUE (show_id, user_id);
ALTER TABLE ONLY public.orders_limitcounter
    ADD CONSTRAINT one_limit_counter UNIQUE (deal_id, buyer_id);
ALTER TABLE ONLY public.streams_showlook
    ADD CONSTRAINT one_look_a_person UNIQUE (broadcast_id, product_id, person);
ALTER TABLE ONLY public.streams_showmoment
    ADD CONSTRAINT one_moment_a_look UNIQUE (broadcast_id, at);
ALTER TABLE ONLY public.orders_payout
    ADD CONSTRAINT one_payout_a_producer UNIQUE (batch_id, producer_id);
ALTER TABLE ONLY public.streams_pollvote
    ADD CONSTRAINT one_poll_vote UNIQUE (poll_id, user_id);
ALTER TABLE ONLY public.orders_refundline
    ADD CONSTRAINT one_refund_line UNIQUE (refund_id, line_id);
ALTER TABLE ONLY public.orders_refundrule
    ADD CONSTRAINT one_refund_rule UNIQUE NULLS NOT DISTINCT (prefecture_id);
ALTER TABLE ONLY public.streams_roomrole
    ADD CONSTRAINT one_room_role UNIQUE NULLS NOT DISTINCT (broadcast_id, user_id, role);
ALTER TABLE ONLY public.orders_freighttemplate
    ADD CONSTRAINT one_template_of_the_shop UNIQUE NULLS NOT DISTINCT (producer_id);
ALTER TABLE ONLY public.streams_showvisitor
    ADD CONSTRAINT one_visitor_a_show UNIQUE (broadcast_id, person);
ALTER TABLE ONLY public.streams_questionvote
    ADD CONSTRAINT one_vote UNIQUE (question_id, user_id);
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT order_once_a_key UNIQUE (buyer_id, key);
ALTER TABLE ONLY public.orders_account
    ADD CONSTRAINT orders_account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_basketline
    ADD CONSTRAINT orders_basketline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_coupon
    ADD CONSTRAINT orders_coupon_code_key UNIQUE (code);
ALTER TABLE ONLY public.orders_coupon
    ADD CONSTRAINT orders_coupon_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_couponuse
    ADD CONSTRAINT orders_couponuse_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_difference
    ADD CONSTRAINT orders_difference_key_key UNIQUE (key);
ALTER TABLE ONLY public.orders_difference
    ADD CONSTRAINT orders_difference_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_dispute
    ADD CONSTRAINT orders_dispute_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_dispute
    ADD CONSTRAINT orders_dispute_provider_id_key UNIQUE (provider_id);
ALTER TABLE ONLY public.orders_disputeevent
    ADD CONSTRAINT orders_disputeevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_entry
    ADD CONSTRAINT orders_entry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_festivalscreen
    ADD CONSTRAINT orders_festivalscreen_festival_id_key UNIQUE (festival_id);
ALTER TABLE ONLY public.orders_festivalscreen
    ADD CONSTRAINT orders_festivalscreen_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_freighttemplate
    ADD CONSTRAINT orders_freighttemplate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_freighttemplate
    ADD CONSTRAINT orders_freighttemplate_producer_id_key UNIQUE (producer_id);
ALTER TABLE ONLY public.orders_freightzone
    ADD CONSTRAINT orders_freightzone_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_hold
    ADD CONSTRAINT orders_hold_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_limitcounter
    ADD CONSTRAINT orders_limitcounter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_movement
    ADD CONSTRAINT orders_movement_movement_id_key UNIQUE (movement_id);
ALTER TABLE ONLY public.orders_movement
    ADD CONSTRAINT orders_movement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_networksalt
    ADD CONSTRAINT orders_networksalt_month_key UNIQUE (month);
ALTER TABLE ONLY public.orders_networksalt
    ADD CONSTRAINT orders_networksalt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT orders_order_number_key UNIQUE (number);
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT orders_order_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_orderevent
    ADD CONSTRAINT orders_orderevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_orderline
    ADD CONSTRAINT orders_orderline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_ordernetwork
    ADD CONSTRAINT orders_ordernetwork_pkey PRIMARY KEY (order_id);
ALTER TABLE ONLY public.orders_parcel
    ADD CONSTRAINT orders_parcel_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_parcelevent
    ADD CONSTRAINT orders_parcelevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_parcelline
    ADD CONSTRAINT orders_parcelline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_payment
    ADD CONSTRAINT orders_payment_idempotency_key_key UNIQUE (idempotency_key);
ALTER TABLE ONLY public.orders_payment
    ADD CONSTRAINT orders_payment_intent_id_key UNIQUE (intent_id);
ALTER TABLE ONLY public.orders_payment
    ADD CONSTRAINT orders_payment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_paymentevent
    ADD CONSTRAINT orders_paymentevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_payout
    ADD CONSTRAINT orders_payout_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_payoutaccount
    ADD CONSTRAINT orders_payoutaccount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_payoutaccount
    ADD CONSTRAINT orders_payoutaccount_producer_id_key UNIQUE (producer_id);
ALTER TABLE ONLY public.orders_payoutbatch
    ADD CONSTRAINT orders_payoutbatch_number_key UNIQUE (number);
ALTER TABLE ONLY public.orders_payoutbatch
    ADD CONSTRAINT orders_payoutbatch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_payoutline
    ADD CONSTRAINT orders_payoutline_key_key UNIQUE (key);
ALTER TABLE ONLY public.orders_payoutline
    ADD CONSTRAINT orders_payoutline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_portalvisit
    ADD CONSTRAINT orders_portalvisit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_preparation
    ADD CONSTRAINT orders_preparation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_reconciliation
    ADD CONSTRAINT orders_reconciliation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_refund
    ADD CONSTRAINT orders_refund_key_key UNIQUE (key);
ALTER TABLE ONLY public.orders_refund
    ADD CONSTRAINT orders_refund_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_refundevent
    ADD CONSTRAINT orders_refundevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_refundline
    ADD CONSTRAINT orders_refundline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_refundphoto
    ADD CONSTRAINT orders_refundphoto_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_refundrule
    ADD CONSTRAINT orders_refundrule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_refundrule
    ADD CONSTRAINT orders_refundrule_prefecture_id_key UNIQUE (prefecture_id);
ALTER TABLE ONLY public.orders_review
    ADD CONSTRAINT orders_review_line_id_key UNIQUE (line_id);
ALTER TABLE ONLY public.orders_review
    ADD CONSTRAINT orders_review_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_reviewpicture
    ADD CONSTRAINT orders_reviewpicture_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_reviewreply
    ADD CONSTRAINT orders_reviewreply_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_reviewreply
    ADD CONSTRAINT orders_reviewreply_review_id_key UNIQUE (review_id);
ALTER TABLE ONLY public.orders_settlement
    ADD CONSTRAINT orders_settlement_order_id_key UNIQUE (order_id);
ALTER TABLE ONLY public.orders_settlement
    ADD CONSTRAINT orders_settlement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_settlementevent
    ADD CONSTRAINT orders_settlementevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_shippingsheet
    ADD CONSTRAINT orders_shippingsheet_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_toldreport
    ADD CONSTRAINT orders_toldreport_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_toldstep
    ADD CONSTRAINT orders_toldstep_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_transaction
    ADD CONSTRAINT orders_transaction_key_key UNIQUE (key);
ALTER TABLE ONLY public.orders_transaction
    ADD CONSTRAINT orders_transaction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_webhookevent
    ADD CONSTRAINT orders_webhookevent_event_id_key UNIQUE (event_id);
ALTER TABLE ONLY public.orders_webhookevent
    ADD CONSTRAINT orders_webhookevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_parcel
    ADD CONSTRAINT parcel_entered_once UNIQUE (order_id, producer_id, carrier, tracking_number);
ALTER TABLE ONLY public.pghistory_context
    ADD CONSTRAINT pghistory_context_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_poll
    ADD CONSTRAINT poll_asked_once UNIQUE (broadcast_id, key);
ALTER TABLE ONLY public.orders_preparation
    ADD CONSTRAINT preparation_begins_once UNIQUE (order_id, producer_id);
ALTER TABLE ONLY public.products_category
    ADD CONSTRAINT products_category_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_category
    ADD CONSTRAINT products_category_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.products_deal
    ADD CONSTRAINT products_deal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_dealwithdrawal
    ADD CONSTRAINT products_dealwithdrawal_pkey PRIMARY KEY (deal_id);
ALTER TABLE ONLY public.products_festival
    ADD CONSTRAINT products_festival_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_festival_regions
    ADD CONSTRAINT products_festival_regions_festival_id_region_id_86454177_uniq UNIQUE (festival_id, region_id);
ALTER TABLE ONLY public.products_festival_regions
    ADD CONSTRAINT products_festival_regions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_festival
    ADD CONSTRAINT products_festival_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.products_platformshare
    ADD CONSTRAINT products_platformshare_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_platformshare
    ADD CONSTRAINT products_platformshare_valid_from_key UNIQUE (valid_from);
ALTER TABLE ONLY public.products_pricepoint
    ADD CONSTRAINT products_pricepoint_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_producer
    ADD CONSTRAINT products_producer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_producercheck
    ADD CONSTRAINT products_producercheck_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_product
    ADD CONSTRAINT products_product_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_product
    ADD CONSTRAINT products_product_sku_key UNIQUE (sku);
ALTER TABLE ONLY public.products_productimage
    ADD CONSTRAINT products_productimage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_searchalias
    ADD CONSTRAINT products_searchalias_names_key UNIQUE (names);
ALTER TABLE ONLY public.products_searchalias
    ADD CONSTRAINT products_searchalias_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_searchmiss
    ADD CONSTRAINT products_searchmiss_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_searchword
    ADD CONSTRAINT products_searchword_pkey PRIMARY KEY (word);
ALTER TABLE ONLY public.products_sheetimport
    ADD CONSTRAINT products_sheetimport_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_sheetrow
    ADD CONSTRAINT products_sheetrow_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_specialty
    ADD CONSTRAINT products_specialty_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_specialtylist
    ADD CONSTRAINT products_specialtylist_pkey PRIMARY KEY (prefecture_id);
ALTER TABLE ONLY public.products_stockpool
    ADD CONSTRAINT products_stockpool_deal_id_key UNIQUE (deal_id);
ALTER TABLE ONLY public.products_stockpool
    ADD CONSTRAINT products_stockpool_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_stockwatch
    ADD CONSTRAINT products_stockwatch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_submission
    ADD CONSTRAINT products_submission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.products_submissionstep
    ADD CONSTRAINT products_submissionstep_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_rehearsalorder
    ADD CONSTRAINT rehearsed_once UNIQUE (broadcast_id, key);
ALTER TABLE ONLY public.streams_reminder
    ADD CONSTRAINT remind_once UNIQUE (user_id, broadcast_id);
ALTER TABLE ONLY public.orders_reviewpicture
    ADD CONSTRAINT review_picture_place UNIQUE (review_id, "position");
ALTER TABLE ONLY public.streams_runtemplate
    ADD CONSTRAINT run_template_name UNIQUE (host_id, name);
ALTER TABLE ONLY public.streams_runtemplatesegment
    ADD CONSTRAINT run_template_position UNIQUE (template_id, "position");
ALTER TABLE ONLY public.products_searchmiss
    ADD CONSTRAINT search_miss_once_a_day UNIQUE (text, day);
ALTER TABLE ONLY public.streams_segment
    ADD CONSTRAINT segment_position UNIQUE (broadcast_id, "position") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_sheetrow
    ADD CONSTRAINT sheet_line_once UNIQUE (sheet_id, line);
ALTER TABLE ONLY public.streams_shelfitem
    ADD CONSTRAINT shelf_position UNIQUE (broadcast_id, "position") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_shelfitem
    ADD CONSTRAINT shelf_product_once UNIQUE (broadcast_id, product_id);
ALTER TABLE ONLY public.products_specialty
    ADD CONSTRAINT specialty_once UNIQUE (prefecture_id, product_id);
ALTER TABLE ONLY public.products_specialty
    ADD CONSTRAINT specialty_position UNIQUE (prefecture_id, "position") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_banneddevice
    ADD CONSTRAINT streams_banneddevice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_bannedword
    ADD CONSTRAINT streams_bannedword_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_broadcast
    ADD CONSTRAINT streams_broadcast_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_broadcast
    ADD CONSTRAINT streams_broadcast_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.streams_chatdevice
    ADD CONSTRAINT streams_chatdevice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_chatmessage
    ADD CONSTRAINT streams_chatmessage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_declaration
    ADD CONSTRAINT streams_declaration_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_demand
    ADD CONSTRAINT streams_demand_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_demandevent
    ADD CONSTRAINT streams_demandevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_demandreading
    ADD CONSTRAINT streams_demandreading_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_demandvoice
    ADD CONSTRAINT streams_demandvoice_key_key UNIQUE (key);
ALTER TABLE ONLY public.streams_demandvoice
    ADD CONSTRAINT streams_demandvoice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_demandvote
    ADD CONSTRAINT streams_demandvote_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_draw
    ADD CONSTRAINT streams_draw_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_draw
    ADD CONSTRAINT streams_draw_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.streams_drawentry
    ADD CONSTRAINT streams_drawentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_drawwinner
    ADD CONSTRAINT streams_drawwinner_entry_id_key UNIQUE (entry_id);
ALTER TABLE ONLY public.streams_drawwinner
    ADD CONSTRAINT streams_drawwinner_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_flashsale
    ADD CONSTRAINT streams_flashsale_deal_id_key UNIQUE (deal_id);
ALTER TABLE ONLY public.streams_flashsale
    ADD CONSTRAINT streams_flashsale_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_follow
    ADD CONSTRAINT streams_follow_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_moderationaction
    ADD CONSTRAINT streams_moderationaction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_pin
    ADD CONSTRAINT streams_pin_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_poll
    ADD CONSTRAINT streams_poll_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_poll
    ADD CONSTRAINT streams_poll_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.streams_pollvote
    ADD CONSTRAINT streams_pollvote_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_portraitconsent
    ADD CONSTRAINT streams_portraitconsent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_question
    ADD CONSTRAINT streams_question_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_questionvote
    ADD CONSTRAINT streams_questionvote_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_recordingalert
    ADD CONSTRAINT streams_recordingalert_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_rehearsal
    ADD CONSTRAINT streams_rehearsal_pkey PRIMARY KEY (broadcast_id);
ALTER TABLE ONLY public.streams_rehearsalflash
    ADD CONSTRAINT streams_rehearsalflash_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_rehearsalguest
    ADD CONSTRAINT streams_rehearsalguest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_rehearsalorder
    ADD CONSTRAINT streams_rehearsalorder_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_relay
    ADD CONSTRAINT streams_relay_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_reminder
    ADD CONSTRAINT streams_reminder_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_replay
    ADD CONSTRAINT streams_replay_broadcast_id_key UNIQUE (broadcast_id);
ALTER TABLE ONLY public.streams_replay
    ADD CONSTRAINT streams_replay_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_replaychapter
    ADD CONSTRAINT streams_replaychapter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_replayexport
    ADD CONSTRAINT streams_replayexport_key_key UNIQUE (key);
ALTER TABLE ONLY public.streams_replayexport
    ADD CONSTRAINT streams_replayexport_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_roomrole
    ADD CONSTRAINT streams_roomrole_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_runtemplate
    ADD CONSTRAINT streams_runtemplate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_runtemplatesegment
    ADD CONSTRAINT streams_runtemplatesegment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_sanction
    ADD CONSTRAINT streams_sanction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_scriptclearance
    ADD CONSTRAINT streams_scriptclearance_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_segment
    ADD CONSTRAINT streams_segment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_shelfitem
    ADD CONSTRAINT streams_shelfitem_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_showapproval
    ADD CONSTRAINT streams_showapproval_broadcast_id_key UNIQUE (broadcast_id);
ALTER TABLE ONLY public.streams_showapproval
    ADD CONSTRAINT streams_showapproval_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_showapprovalstep
    ADD CONSTRAINT streams_showapprovalstep_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_showfigures
    ADD CONSTRAINT streams_showfigures_pkey PRIMARY KEY (broadcast_id);
ALTER TABLE ONLY public.streams_showlook
    ADD CONSTRAINT streams_showlook_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_showmoment
    ADD CONSTRAINT streams_showmoment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_showvisitor
    ADD CONSTRAINT streams_showvisitor_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_showwatch
    ADD CONSTRAINT streams_showwatch_pkey PRIMARY KEY (broadcast_id);
ALTER TABLE ONLY public.streams_streamkey
    ADD CONSTRAINT streams_streamkey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streams_wordlist
    ADD CONSTRAINT streams_wordlist_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_session_key_key UNIQUE (session_key);
CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);
CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);
CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);
CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);
CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);
CREATE INDEX accounts_address_user_id_c8c74ddf ON public.accounts_address USING btree (user_id);
CREATE INDEX accounts_closingrequest_due_at_458339bd ON public.accounts_closingrequest USING btree (due_at);
CREATE INDEX accounts_datacopy_user_id_9d34d0c8 ON public.accounts_datacopy USING btree (user_id);
CREATE INDEX accounts_user_email_b2644a56_like ON public.accounts_user USING btree (email varchar_pattern_ops);
CREATE INDEX accounts_user_groups_group_id_bd11a704 ON public.accounts_user_groups USING btree (group_id);
CREATE INDEX accounts_user_groups_user_id_52b62117 ON public.accounts_user_groups USING btree (user_id);
CREATE INDEX accounts_user_user_permissions_permission_id_113bb443 ON public.accounts_user_user_permissions USING btree (permission_id);
CREATE INDEX accounts_user_user_permissions_user_id_e4f0a161 ON public.accounts_user_user_permissions USING btree (user_id);
CREATE UNIQUE INDEX answer_read_once ON public.streams_demandreading USING btree (demand_id) WHERE (NOT is_slip);
CREATE INDEX audit_action ON public.audit_auditentry USING btree (action, id DESC);
CREATE INDEX audit_actor ON public.audit_auditentry USING btree (actor_id, id DESC);
CREATE INDEX audit_at ON public.audit_auditentry USING btree (at);
CREATE INDEX audit_auditentry_actor_id_8ab278be ON public.audit_auditentry USING btree (actor_id);
CREATE INDEX audit_subject ON public.audit_auditentry USING btree (subject_type, subject_pk, id DESC);
CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);
CREATE INDEX chat_held ON public.streams_chatmessage USING btree (broadcast_id, id) WHERE ((visibility)::text = 'held'::text);
CREATE INDEX chat_shown ON public.streams_chatmessage USING btree (broadcast_id, id DESC) WHERE (hidden_at IS NULL);
CREATE INDEX coupon_uses_of_a_person ON public.orders_couponuse USING btree (coupon_id, buyer_id) WHERE (NOT ((state)::text = 'released'::text));
CREATE INDEX data_copy_due ON public.accounts_datacopy USING btree (id) WHERE (ready_at IS NULL);
CREATE INDEX delivery_due ON public.notifications_delivery USING btree (due_at) WHERE ((state)::text = 'due'::text);
CREATE INDEX demand_by_votes ON public.streams_demand USING btree (state, votes DESC, id DESC);
CREATE INDEX demand_of_prefecture ON public.streams_demand USING btree (prefecture_id, state);
CREATE INDEX demand_tags ON public.streams_demand USING gin (tags);
CREATE INDEX demand_to_remind ON public.streams_demand USING btree (remind_at) WHERE ((state)::text = 'assigned'::text);
CREATE INDEX demand_vote_untold ON public.streams_demandvote USING btree (demand_id) WHERE (told_at IS NULL);
CREATE INDEX difference_open ON public.orders_difference USING btree (id DESC) WHERE (closed_at IS NULL);
CREATE INDEX dispute_open ON public.orders_dispute USING btree (checked_at) WHERE ((state)::text = ANY (ARRAY[('open'::character varying)::text, ('review'::character varying)::text]));
CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON public.django_admin_log USING btree (content_type_id);
CREATE INDEX django_admin_log_user_id_c564eba6 ON public.django_admin_log USING btree (user_id);
CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX draw_prize_waits ON public.streams_drawwinner USING btree (deadline) WHERE ((state)::text = 'told'::text);
CREATE INDEX draw_to_run ON public.streams_draw USING btree (closes_at) WHERE ((state)::text = ANY (ARRAY[('open'::character varying)::text, ('closed'::character varying)::text]));
CREATE INDEX flash_sale_to_watch ON public.streams_flashsale USING btree (state) WHERE ((state)::text = ANY (ARRAY[('scheduled'::character varying)::text, ('countdown'::character varying)::text, ('running'::character varying)::text]));
CREATE INDEX follow_since ON public.streams_follow USING btree (official_id, created_at);
CREATE INDEX hold_expiring ON public.orders_hold USING btree (expires_at) WHERE ((state)::text = 'held'::text);
CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);
CREATE INDEX moderation_of_show ON public.streams_moderationaction USING btree (broadcast_id, id DESC);
CREATE INDEX movement_unmatched ON public.orders_movement USING btree (at) WHERE (transaction_id IS NULL);
CREATE INDEX notificatio_user_id_05b4bc_idx ON public.notifications_notification USING btree (user_id, created_at DESC);
CREATE INDEX notifications_choice_user_id_226954aa ON public.notifications_choice USING btree (user_id);
CREATE INDEX notifications_delivery_notification_id_ea8dc048 ON public.notifications_delivery USING btree (notification_id);
CREATE INDEX notifications_delivery_subscription_id_21311d1e ON public.notifications_delivery USING btree (subscription_id);
CREATE INDEX notifications_notification_key_21d62a12_like ON public.notifications_notification USING btree (key varchar_pattern_ops);
CREATE INDEX notifications_notification_user_id_b5e8c0ff ON public.notifications_notification USING btree (user_id);
CREATE INDEX notifications_pushsubscription_endpoint_hash_ed8e900c_like ON public.notifications_pushsubscription USING btree (endpoint_hash varchar_pattern_ops);
CREATE INDEX notifications_pushsubscription_user_id_ffe8030a ON public.notifications_pushsubscription USING btree (user_id);
CREATE INDEX officials_assistant_official_id_00e896e7 ON public.officials_assistant USING btree (official_id);
CREATE INDEX officials_assistant_user_id_3c9f5744 ON public.officials_assistant USING btree (user_id);
CREATE INDEX officials_curator_prefecture_id_3c4760ad ON public.officials_curator USING btree (prefecture_id);
CREATE INDEX officials_curator_prefecture_id_3c4760ad_like ON public.officials_curator USING btree (prefecture_id varchar_pattern_ops);
CREATE INDEX officials_curator_user_id_1f75518a ON public.officials_curator USING btree (user_id);
CREATE INDEX officials_official_region_id_83f49e2a ON public.officials_official USING btree (region_id);
CREATE INDEX officials_official_region_id_83f49e2a_like ON public.officials_official USING btree (region_id varchar_pattern_ops);
CREATE INDEX officials_official_slug_d51e7c9b_like ON public.officials_official USING btree (slug varchar_pattern_ops);
CREATE INDEX officials_official_verified_by_id_3898b5ca ON public.officials_official USING btree (verified_by_id);
CREATE INDEX officials_officialcheck_checked_by_id_d2ab4d2f ON public.officials_officialcheck USING btree (checked_by_id);
CREATE INDEX officials_officialcheck_official_id_79e884a0 ON public.officials_officialcheck USING btree (official_id);
CREATE INDEX officials_region_code_7566c207_like ON public.officials_region USING btree (code varchar_pattern_ops);
CREATE INDEX officials_region_parent_id_c72d3bc7 ON public.officials_region USING btree (parent_id);
CREATE INDEX officials_region_parent_id_c72d3bc7_like ON public.officials_region USING btree (parent_id varchar_pattern_ops);
CREATE UNIQUE INDEX one_answer_read_at_a_time ON public.streams_demandreading USING btree (broadcast_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX one_data_copy_at_a_time ON public.accounts_datacopy USING btree (user_id) WHERE (ready_at IS NULL);
CREATE UNIQUE INDEX one_default_address ON public.accounts_address USING btree (user_id) WHERE is_default;
CREATE UNIQUE INDEX one_draw_entry_a_browser ON public.streams_drawentry USING btree (draw_id, device) WHERE (NOT ((device)::text = ''::text));
CREATE UNIQUE INDEX one_everyday_pool ON public.products_stockpool USING btree (product_id) WHERE (deal_id IS NULL);
CREATE UNIQUE INDEX one_live_show_a_host ON public.streams_broadcast USING btree (host_id) WHERE ((state)::text = 'live'::text);
CREATE UNIQUE INDEX one_open_draw_a_show ON public.streams_draw USING btree (broadcast_id) WHERE ((state)::text = 'open'::text);
CREATE UNIQUE INDEX one_open_export_a_replay ON public.streams_replayexport USING btree (replay_id) WHERE ((state)::text = ANY (ARRAY[('queued'::character varying)::text, ('running'::character varying)::text]));
CREATE UNIQUE INDEX one_open_flash_a_show ON public.streams_flashsale USING btree (broadcast_id) WHERE ((state)::text = ANY (ARRAY[('countdown'::character varying)::text, ('running'::character varying)::text]));
CREATE UNIQUE INDEX one_open_pin_an_item ON public.streams_pin USING btree (item_id) WHERE (unpinned_at IS NULL);
CREATE UNIQUE INDEX one_open_poll_a_show ON public.streams_poll USING btree (broadcast_id) WHERE ((state)::text = 'open'::text);
CREATE UNIQUE INDEX one_open_recording_alert ON public.streams_recordingalert USING btree (broadcast_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX one_open_rehearsal_flash ON public.streams_rehearsalflash USING btree (broadcast_id) WHERE ((state)::text = ANY (ARRAY[('countdown'::character varying)::text, ('running'::character varying)::text]));
CREATE UNIQUE INDEX one_open_sanction ON public.streams_sanction USING btree (user_id, host_id, kind) NULLS NOT DISTINCT WHERE (lifted_at IS NULL);
CREATE UNIQUE INDEX one_open_submission ON public.products_submission USING btree (product_id) WHERE ((state)::text = ANY (ARRAY[('county'::character varying)::text, ('prefecture'::character varying)::text]));
CREATE UNIQUE INDEX one_open_watch ON public.products_stockwatch USING btree (user_id, product_id) WHERE (told_at IS NULL);
CREATE UNIQUE INDEX one_portrait_consent ON public.streams_portraitconsent USING btree (official_id) WHERE (withdrawn_at IS NULL);
CREATE UNIQUE INDEX one_question_on_air ON public.streams_question USING btree (broadcast_id) WHERE ((state)::text = 'on_air'::text);
CREATE UNIQUE INDEX one_rehearsal_at_a_time ON public.streams_broadcast USING btree (rehearsal_of_id) WHERE ((state)::text = 'rehearsing'::text);
CREATE UNIQUE INDEX one_relay_from_a_show ON public.streams_relay USING btree (from_show_id) WHERE ((state)::text = ANY (ARRAY[('announced'::character varying)::text, ('started'::character varying)::text]));
CREATE UNIQUE INDEX one_relay_to_a_show ON public.streams_relay USING btree (to_show_id) WHERE ((state)::text = ANY (ARRAY[('announced'::character varying)::text, ('started'::character varying)::text]));
CREATE UNIQUE INDEX one_running_segment ON public.streams_segment USING btree (broadcast_id) WHERE ((state)::text = 'running'::text);
CREATE UNIQUE INDEX one_stream_key_a_show ON public.streams_streamkey USING btree (broadcast_id) WHERE (revoked_at IS NULL);
CREATE UNIQUE INDEX one_success_an_order ON public.orders_payment USING btree (order_id) WHERE ((state)::text = 'succeeded'::text);
CREATE UNIQUE INDEX one_zone_for_everywhere_else ON public.orders_freightzone USING btree (template_id) WHERE (provinces = '{}'::character varying(40)[]);
CREATE INDEX order_completing ON public.orders_order USING btree (delivered_at) WHERE ((state)::text = 'delivered'::text);
CREATE INDEX order_expiring ON public.orders_order USING btree (expires_at) WHERE ((state)::text = 'placed'::text);
CREATE INDEX orders_account_producer_id_868f753f ON public.orders_account USING btree (producer_id);
CREATE INDEX orders_basketline_broadcast_id_5f914001 ON public.orders_basketline USING btree (broadcast_id);
CREATE INDEX orders_basketline_product_id_707fe060 ON public.orders_basketline USING btree (product_id);
CREATE INDEX orders_basketline_user_id_bfebf2a0 ON public.orders_basketline USING btree (user_id);
CREATE INDEX orders_coupon_code_1e8615b8_like ON public.orders_coupon USING btree (code varchar_pattern_ops);
CREATE INDEX orders_coupon_festival_id_e8442aad ON public.orders_coupon USING btree (festival_id);
CREATE INDEX orders_coupon_holder_id_4f9490a9 ON public.orders_coupon USING btree (holder_id);
CREATE INDEX orders_coupon_prefecture_id_338bd3d2 ON public.orders_coupon USING btree (prefecture_id);
CREATE INDEX orders_coupon_prefecture_id_338bd3d2_like ON public.orders_coupon USING btree (prefecture_id varchar_pattern_ops);
CREATE INDEX orders_coupon_producer_id_2841dae4 ON public.orders_coupon USING btree (producer_id);
CREATE INDEX orders_couponuse_buyer_id_dabd7cc3 ON public.orders_couponuse USING btree (buyer_id);
CREATE INDEX orders_couponuse_coupon_id_e6fb8604 ON public.orders_couponuse USING btree (coupon_id);
CREATE INDEX orders_couponuse_order_id_cd36a2df ON public.orders_couponuse USING btree (order_id);
CREATE INDEX orders_difference_closed_by_id_7ae1b557 ON public.orders_difference USING btree (closed_by_id);
CREATE INDEX orders_difference_key_75c38f19_like ON public.orders_difference USING btree (key varchar_pattern_ops);
CREATE INDEX orders_difference_order_id_05e0b98a ON public.orders_difference USING btree (order_id);
CREATE INDEX orders_dispute_payment_id_291b54ec ON public.orders_dispute USING btree (payment_id);
CREATE INDEX orders_dispute_provider_id_5fefaf9c_like ON public.orders_dispute USING btree (provider_id varchar_pattern_ops);
CREATE INDEX orders_disputeevent_actor_id_8e1513d0 ON public.orders_disputeevent USING btree (actor_id);
CREATE INDEX orders_disputeevent_dispute_id_838d168e ON public.orders_disputeevent USING btree (dispute_id);
CREATE INDEX orders_entry_account_id_3f8d6d61 ON public.orders_entry USING btree (account_id);
CREATE INDEX orders_entry_transaction_id_c0753c1a ON public.orders_entry USING btree (transaction_id);
CREATE INDEX orders_freightzone_template_id_f8b7bdff ON public.orders_freightzone USING btree (template_id);
CREATE INDEX orders_hold_order_id_cbe1f828 ON public.orders_hold USING btree (order_id);
CREATE INDEX orders_hold_pool_id_0f143052 ON public.orders_hold USING btree (pool_id);
CREATE INDEX orders_limitcounter_buyer_id_4b4f3a2b ON public.orders_limitcounter USING btree (buyer_id);
CREATE INDEX orders_limitcounter_deal_id_2b6ffe00 ON public.orders_limitcounter USING btree (deal_id);
CREATE INDEX orders_movement_intent_id_18c04ee4 ON public.orders_movement USING btree (intent_id);
CREATE INDEX orders_movement_intent_id_18c04ee4_like ON public.orders_movement USING btree (intent_id varchar_pattern_ops);
CREATE INDEX orders_movement_movement_id_d534b9f2_like ON public.orders_movement USING btree (movement_id varchar_pattern_ops);
CREATE INDEX orders_movement_transaction_id_cc4566de ON public.orders_movement USING btree (transaction_id);
CREATE INDEX orders_orde_broadca_338d97_idx ON public.orders_order USING btree (broadcast_id, placed_at DESC);
CREATE INDEX orders_orde_buyer_i_22f938_idx ON public.orders_order USING btree (buyer_id, placed_at DESC);
CREATE INDEX orders_order_number_abc9e0f2_like ON public.orders_order USING btree (number varchar_pattern_ops);
CREATE INDEX orders_orderevent_actor_id_4ce1466c ON public.orders_orderevent USING btree (actor_id);
CREATE INDEX orders_orderevent_order_id_b26297f3 ON public.orders_orderevent USING btree (order_id);
CREATE INDEX orders_orderline_broadcast_id_13e27d12 ON public.orders_orderline USING btree (broadcast_id);
CREATE INDEX orders_orderline_deal_id_0711cfc8 ON public.orders_orderline USING btree (deal_id);
CREATE INDEX orders_orderline_order_id_17f8f3ef ON public.orders_orderline USING btree (order_id);
CREATE INDEX orders_orderline_producer_id_f0d66c44 ON public.orders_orderline USING btree (producer_id);
CREATE INDEX orders_orderline_product_id_a68772b6 ON public.orders_orderline USING btree (product_id);
CREATE INDEX orders_parc_carrier_c1a57a_idx ON public.orders_parcel USING btree (carrier, tracking_number);
CREATE INDEX orders_parc_produce_1a1abe_idx ON public.orders_parcel USING btree (producer_id, shipped_at DESC);
CREATE INDEX orders_parcel_order_id_b76bd86d ON public.orders_parcel USING btree (order_id);
CREATE INDEX orders_parcel_producer_id_0dc283d5 ON public.orders_parcel USING btree (producer_id);
CREATE INDEX orders_parcelevent_actor_id_5684d60d ON public.orders_parcelevent USING btree (actor_id);
CREATE INDEX orders_parcelevent_parcel_id_393fe803 ON public.orders_parcelevent USING btree (parcel_id);
CREATE INDEX orders_parcelline_line_id_7afc6e10 ON public.orders_parcelline USING btree (line_id);
CREATE INDEX orders_parcelline_parcel_id_37721d24 ON public.orders_parcelline USING btree (parcel_id);
CREATE INDEX orders_payment_idempotency_key_b0d2abb0_like ON public.orders_payment USING btree (idempotency_key varchar_pattern_ops);
CREATE INDEX orders_payment_intent_id_90a82c20_like ON public.orders_payment USING btree (intent_id varchar_pattern_ops);
CREATE INDEX orders_payment_order_id_bdccf250 ON public.orders_payment USING btree (order_id);
CREATE INDEX orders_paymentevent_actor_id_e2cb2f6a ON public.orders_paymentevent USING btree (actor_id);
CREATE INDEX orders_paymentevent_payment_id_7b3552b0 ON public.orders_paymentevent USING btree (payment_id);
CREATE INDEX orders_payout_batch_id_91172df6 ON public.orders_payout USING btree (batch_id);
CREATE INDEX orders_payout_producer_id_673eca44 ON public.orders_payout USING btree (producer_id);
CREATE INDEX orders_payoutaccount_confirmed_by_id_4e3d431d ON public.orders_payoutaccount USING btree (confirmed_by_id);
CREATE INDEX orders_payoutaccount_entered_by_id_74827eb8 ON public.orders_payoutaccount USING btree (entered_by_id);
CREATE INDEX orders_payoutbatch_approved_by_id_a7497a60 ON public.orders_payoutbatch USING btree (approved_by_id);
CREATE INDEX orders_payoutbatch_made_by_id_4a2ceca4 ON public.orders_payoutbatch USING btree (made_by_id);
CREATE INDEX orders_payoutbatch_number_a891f389_like ON public.orders_payoutbatch USING btree (number varchar_pattern_ops);
CREATE INDEX orders_payoutline_key_5d202b6c_like ON public.orders_payoutline USING btree (key varchar_pattern_ops);
CREATE INDEX orders_payoutline_order_id_4cff97e0 ON public.orders_payoutline USING btree (order_id);
CREATE INDEX orders_payoutline_payout_id_fd49837f ON public.orders_payoutline USING btree (payout_id);
CREATE INDEX orders_payoutline_producer_id_430f609a ON public.orders_payoutline USING btree (producer_id);
CREATE INDEX orders_port_produce_34af0e_idx ON public.orders_portalvisit USING btree (producer_id, at DESC);
CREATE INDEX orders_portalvisit_order_id_2eac63a8 ON public.orders_portalvisit USING btree (order_id);
CREATE INDEX orders_portalvisit_producer_id_e06b3b21 ON public.orders_portalvisit USING btree (producer_id);
CREATE INDEX orders_portalvisit_user_id_e6cacda3 ON public.orders_portalvisit USING btree (user_id);
CREATE INDEX orders_preparation_begun_by_id_c1bcc6af ON public.orders_preparation USING btree (begun_by_id);
CREATE INDEX orders_preparation_order_id_fafe3499 ON public.orders_preparation USING btree (order_id);
CREATE INDEX orders_preparation_producer_id_7a66e65c ON public.orders_preparation USING btree (producer_id);
CREATE INDEX orders_refund_decided_by_id_4ad650de ON public.orders_refund USING btree (decided_by_id);
CREATE INDEX orders_refund_key_6d8f4483_like ON public.orders_refund USING btree (key varchar_pattern_ops);
CREATE INDEX orders_refund_payment_id_a6b07753 ON public.orders_refund USING btree (payment_id);
CREATE INDEX orders_refund_producer_id_8f949ce8 ON public.orders_refund USING btree (producer_id);
CREATE INDEX orders_refund_requested_by_id_43cd30f2 ON public.orders_refund USING btree (requested_by_id);
CREATE INDEX orders_refundevent_actor_id_2ab8a63a ON public.orders_refundevent USING btree (actor_id);
CREATE INDEX orders_refundevent_refund_id_e473970f ON public.orders_refundevent USING btree (refund_id);
CREATE INDEX orders_refundline_line_id_e7037741 ON public.orders_refundline USING btree (line_id);
CREATE INDEX orders_refundline_refund_id_bbd48e7b ON public.orders_refundline USING btree (refund_id);
CREATE INDEX orders_refundphoto_refund_id_d5832516 ON public.orders_refundphoto USING btree (refund_id);
CREATE INDEX orders_refundrule_prefecture_id_930925e5_like ON public.orders_refundrule USING btree (prefecture_id varchar_pattern_ops);
CREATE INDEX orders_review_author_id_8cb7f022 ON public.orders_review USING btree (author_id);
CREATE INDEX orders_review_hidden_by_id_89b7b539 ON public.orders_review USING btree (hidden_by_id);
CREATE INDEX orders_review_product_id_fcb3225d ON public.orders_review USING btree (product_id);
CREATE INDEX orders_review_replied_by_id_838a64de ON public.orders_review USING btree (replied_by_id);
CREATE INDEX orders_reviewpicture_review_id_e20ff152 ON public.orders_reviewpicture USING btree (review_id);
CREATE INDEX orders_reviewreply_official_id_ea9d141d ON public.orders_reviewreply USING btree (official_id);
CREATE INDEX orders_settlementevent_actor_id_8314ba8a ON public.orders_settlementevent USING btree (actor_id);
CREATE INDEX orders_settlementevent_settlement_id_671d15e1 ON public.orders_settlementevent USING btree (settlement_id);
CREATE INDEX orders_ship_produce_bc2ad5_idx ON public.orders_shippingsheet USING btree (producer_id, uploaded_at DESC);
CREATE INDEX orders_shippingsheet_producer_id_44515773 ON public.orders_shippingsheet USING btree (producer_id);
CREATE INDEX orders_shippingsheet_uploaded_by_id_a8f573fa ON public.orders_shippingsheet USING btree (uploaded_by_id);
CREATE INDEX orders_toldreport_broadcast_id_05ceffa4 ON public.orders_toldreport USING btree (broadcast_id);
CREATE INDEX orders_toldstep_actor_id_cac7001c ON public.orders_toldstep USING btree (actor_id);
CREATE INDEX orders_toldstep_report_id_bb09da54 ON public.orders_toldstep USING btree (report_id);
CREATE INDEX orders_tran_posted__c85df1_idx ON public.orders_transaction USING btree (posted_at);
CREATE INDEX orders_transaction_key_42b89b98_like ON public.orders_transaction USING btree (key varchar_pattern_ops);
CREATE INDEX orders_transaction_order_id_fad9519f ON public.orders_transaction USING btree (order_id);
CREATE INDEX orders_webhookevent_event_id_b13514ff_like ON public.orders_webhookevent USING btree (event_id varchar_pattern_ops);
CREATE INDEX parcel_on_its_way ON public.orders_parcel USING btree (shipped_at) WHERE ((state)::text = 'shipped'::text);
CREATE INDEX payment_open ON public.orders_payment USING btree (checked_at) WHERE ((state)::text = ANY (ARRAY[('created'::character varying)::text, ('pending'::character varying)::text, ('failed'::character varying)::text]));
CREATE INDEX payout_line_batched ON public.orders_payoutline USING btree (due_at) WHERE ((state)::text = 'batched'::text);
CREATE INDEX payout_line_open ON public.orders_payoutline USING btree (producer_id, id) WHERE ((state)::text = 'open'::text);
CREATE INDEX poll_to_run ON public.streams_poll USING btree (closes_at) WHERE ((state)::text = 'open'::text);
CREATE INDEX product_by_price ON public.products_product USING btree (state, list_price_fen);
CREATE INDEX product_in_order ON public.products_product USING btree (state, category_id, sku);
CREATE INDEX product_search ON public.products_product USING gin (search);
CREATE INDEX products_category_slug_c558efae_like ON public.products_category USING btree (slug varchar_pattern_ops);
CREATE INDEX products_de_state_2ccc35_idx ON public.products_deal USING btree (state, starts_at, ends_at);
CREATE INDEX products_deal_approved_by_id_1faf5c02 ON public.products_deal USING btree (approved_by_id);
CREATE INDEX products_deal_festival_id_18565e63 ON public.products_deal USING btree (festival_id);
CREATE INDEX products_deal_product_id_e54b04f0 ON public.products_deal USING btree (product_id);
CREATE INDEX products_deal_proposed_by_id_fe478924 ON public.products_deal USING btree (proposed_by_id);
CREATE INDEX products_festival_regions_festival_id_40ad05ef ON public.products_festival_regions USING btree (festival_id);
CREATE INDEX products_festival_regions_region_id_c7177aec ON public.products_festival_regions USING btree (region_id);
CREATE INDEX products_festival_regions_region_id_c7177aec_like ON public.products_festival_regions USING btree (region_id varchar_pattern_ops);
CREATE INDEX products_festival_slug_a491a547_like ON public.products_festival USING btree (slug varchar_pattern_ops);
CREATE INDEX products_platformshare_set_by_id_c9f7bb10 ON public.products_platformshare USING btree (set_by_id);
CREATE INDEX products_pr_categor_aa9903_idx ON public.products_product USING btree (category_id, state);
CREATE INDEX products_pr_prefect_28ccd9_idx ON public.products_product USING btree (prefecture_id, state);
CREATE INDEX products_pr_product_d38ca3_idx ON public.products_pricepoint USING btree (product_id, effective_at);
CREATE INDEX products_pricepoint_deal_id_8b06514c ON public.products_pricepoint USING btree (deal_id);
CREATE INDEX products_pricepoint_product_id_c7b84644 ON public.products_pricepoint USING btree (product_id);
CREATE INDEX products_producer_region_id_8216b6ae ON public.products_producer USING btree (region_id);
CREATE INDEX products_producer_region_id_8216b6ae_like ON public.products_producer USING btree (region_id varchar_pattern_ops);
CREATE INDEX products_producer_user_id_f62958ab ON public.products_producer USING btree (user_id);
CREATE INDEX products_producercheck_checked_by_id_63bfdbbc ON public.products_producercheck USING btree (checked_by_id);
CREATE INDEX products_producercheck_producer_id_b61afae3 ON public.products_producercheck USING btree (producer_id);
CREATE INDEX products_product_category_id_9b594869 ON public.products_product USING btree (category_id);
CREATE INDEX products_product_county_id_91a5727e ON public.products_product USING btree (county_id);
CREATE INDEX products_product_county_id_91a5727e_like ON public.products_product USING btree (county_id varchar_pattern_ops);
CREATE INDEX products_product_prefecture_id_49642b90 ON public.products_product USING btree (prefecture_id);
CREATE INDEX products_product_prefecture_id_49642b90_like ON public.products_product USING btree (prefecture_id varchar_pattern_ops);
CREATE INDEX products_product_producer_id_be45bf24 ON public.products_product USING btree (producer_id);
CREATE INDEX products_product_sku_3c51a516_like ON public.products_product USING btree (sku varchar_pattern_ops);
CREATE INDEX products_productimage_product_id_e747596a ON public.products_productimage USING btree (product_id);
CREATE INDEX products_searchalias_names_f2a441bd_like ON public.products_searchalias USING btree (names varchar_pattern_ops);
CREATE INDEX products_searchword_word_85f5b8c4_like ON public.products_searchword USING btree (word varchar_pattern_ops);
CREATE INDEX products_sheetimport_uploaded_by_id_2193169e ON public.products_sheetimport USING btree (uploaded_by_id);
CREATE INDEX products_sheetrow_sheet_id_eb9f625b ON public.products_sheetrow USING btree (sheet_id);
CREATE INDEX products_specialty_prefecture_id_def915e5 ON public.products_specialty USING btree (prefecture_id);
CREATE INDEX products_specialty_prefecture_id_def915e5_like ON public.products_specialty USING btree (prefecture_id varchar_pattern_ops);
CREATE INDEX products_specialty_product_id_e1f5af38 ON public.products_specialty USING btree (product_id);
CREATE INDEX products_specialtylist_prefecture_id_ef51ed6b_like ON public.products_specialtylist USING btree (prefecture_id varchar_pattern_ops);
CREATE INDEX products_stockpool_product_id_65e82b0c ON public.products_stockpool USING btree (product_id);
CREATE INDEX products_stockpool_taken_from_id_d1a10c37 ON public.products_stockpool USING btree (taken_from_id);
CREATE INDEX products_stockwatch_product_id_65a8485d ON public.products_stockwatch USING btree (product_id);
CREATE INDEX products_stockwatch_user_id_3fea3d74 ON public.products_stockwatch USING btree (user_id);
CREATE INDEX products_submission_checked_by_id_cb367127 ON public.products_submission USING btree (checked_by_id);
CREATE INDEX products_submission_decided_by_id_51f6c0a3 ON public.products_submission USING btree (decided_by_id);
CREATE INDEX products_submission_product_id_612b4f63 ON public.products_submission USING btree (product_id);
CREATE INDEX products_submission_submitted_by_id_bde5ce82 ON public.products_submission USING btree (submitted_by_id);
CREATE INDEX products_submissionstep_actor_id_499e6cd0 ON public.products_submissionstep USING btree (actor_id);
CREATE INDEX products_submissionstep_submission_id_68bcea5a ON public.products_submissionstep USING btree (submission_id);
CREATE INDEX question_to_tell ON public.streams_question USING btree (broadcast_id) WHERE (version > told_version);
CREATE INDEX refund_due ON public.orders_refund USING btree (due_at) WHERE ((state)::text = ANY (ARRAY[('approved'::character varying)::text, ('in_transit'::character varying)::text]));
CREATE INDEX refund_to_decide ON public.orders_refund USING btree (decide_by) WHERE ((state)::text = 'requested'::text);
CREATE INDEX replay_explained ON public.streams_replaychapter USING btree (product_id, id DESC) WHERE (NOT (product_id IS NULL));
CREATE INDEX replay_public ON public.streams_replay USING btree (ready_at DESC) WHERE (is_public AND ((state)::text = 'ready'::text));
CREATE INDEX review_shown ON public.orders_review USING btree (product_id, written_at DESC) WHERE (hidden_at IS NULL);
CREATE INDEX sanction_of_person ON public.streams_sanction USING btree (user_id) WHERE (lifted_at IS NULL);
CREATE INDEX sanction_open ON public.streams_sanction USING btree (host_id, kind) WHERE (lifted_at IS NULL);
CREATE INDEX search_miss_day ON public.products_searchmiss USING btree (day);
CREATE INDEX search_word_trigrams ON public.products_searchword USING gin (word public.gin_trgm_ops);
CREATE INDEX settlement_due ON public.orders_settlement USING btree (due_at) WHERE ((state)::text = 'due'::text);
CREATE INDEX settlement_payable ON public.orders_settlement USING btree (payable_at) WHERE ((lines_at IS NULL) AND ((state)::text = 'posted'::text));
CREATE INDEX sheet_by_uploader ON public.products_sheetimport USING btree (uploaded_by_id, id DESC);
CREATE INDEX sheet_row_verdict ON public.products_sheetrow USING btree (sheet_id, verdict, line);
CREATE INDEX sheet_waiting ON public.products_sheetimport USING btree (moved_at) WHERE ((state)::text = ANY (ARRAY[('uploaded'::character varying)::text, ('confirmed'::character varying)::text]));
CREATE INDEX show_approval_due ON public.streams_showapproval USING btree (due_at) WHERE ((state)::text = 'proposed'::text);
CREATE INDEX streams_banneddevice_device_5d5bc0ca ON public.streams_banneddevice USING btree (device);
CREATE INDEX streams_banneddevice_device_5d5bc0ca_like ON public.streams_banneddevice USING btree (device varchar_pattern_ops);
CREATE INDEX streams_banneddevice_sanction_id_3d1018eb ON public.streams_banneddevice USING btree (sanction_id);
CREATE INDEX streams_bannedword_list_id_50c6b2d8 ON public.streams_bannedword USING btree (list_id);
CREATE INDEX streams_bro_state_919ffa_idx ON public.streams_broadcast USING btree (state, scheduled_at);
CREATE INDEX streams_broadcast_festival_id_fc46f81c ON public.streams_broadcast USING btree (festival_id);
CREATE INDEX streams_broadcast_host_id_60f72541 ON public.streams_broadcast USING btree (host_id);
CREATE INDEX streams_broadcast_public_id_18b12579_like ON public.streams_broadcast USING btree (public_id varchar_pattern_ops);
CREATE INDEX streams_broadcast_region_id_8f0578c6 ON public.streams_broadcast USING btree (region_id);
CREATE INDEX streams_broadcast_region_id_8f0578c6_like ON public.streams_broadcast USING btree (region_id varchar_pattern_ops);
CREATE INDEX streams_broadcast_rehearsal_of_id_0f596be6 ON public.streams_broadcast USING btree (rehearsal_of_id);
CREATE INDEX streams_chat_by_media_time ON public.streams_chatmessage USING btree (broadcast_id, media_ms);
CREATE INDEX streams_chatdevice_user_id_a89bf5ce ON public.streams_chatdevice USING btree (user_id);
CREATE INDEX streams_chatmessage_broadcast_id_f4c90ab5 ON public.streams_chatmessage USING btree (broadcast_id);
CREATE INDEX streams_chatmessage_hidden_by_id_1908963e ON public.streams_chatmessage USING btree (hidden_by_id);
CREATE INDEX streams_chatmessage_reply_to_id_dfc31e1d ON public.streams_chatmessage USING btree (reply_to_id);
CREATE INDEX streams_chatmessage_user_id_d3f53a32 ON public.streams_chatmessage USING btree (user_id);
CREATE INDEX streams_declaration_broadcast_id_f399058d ON public.streams_declaration USING btree (broadcast_id);
CREATE INDEX streams_declaration_declared_by_id_53c472fd ON public.streams_declaration USING btree (declared_by_id);
CREATE INDEX streams_declaration_producer_id_683ed993 ON public.streams_declaration USING btree (producer_id);
CREATE INDEX streams_demand_merged_into_id_68afbbea ON public.streams_demand USING btree (merged_into_id);
CREATE INDEX streams_demand_official_id_f8c748ce ON public.streams_demand USING btree (official_id);
CREATE INDEX streams_demand_prefecture_id_8e7a979d ON public.streams_demand USING btree (prefecture_id);
CREATE INDEX streams_demand_prefecture_id_8e7a979d_like ON public.streams_demand USING btree (prefecture_id varchar_pattern_ops);
CREATE INDEX streams_demand_product_id_d92834d6 ON public.streams_demand USING btree (product_id);
CREATE INDEX streams_demandevent_actor_id_cf4e983b ON public.streams_demandevent USING btree (actor_id);
CREATE INDEX streams_demandevent_demand_id_9825c9b8 ON public.streams_demandevent USING btree (demand_id);
CREATE INDEX streams_demandreading_broadcast_id_de00ae73 ON public.streams_demandreading USING btree (broadcast_id);
CREATE INDEX streams_demandreading_demand_id_6518140e ON public.streams_demandreading USING btree (demand_id);
CREATE INDEX streams_demandvoice_demand_id_b0820ca0 ON public.streams_demandvoice USING btree (demand_id);
CREATE INDEX streams_demandvoice_key_7d4bfc17_like ON public.streams_demandvoice USING btree (key varchar_pattern_ops);
CREATE INDEX streams_demandvoice_user_id_1c8a1503 ON public.streams_demandvoice USING btree (user_id);
CREATE INDEX streams_demandvote_demand_id_1cb955ce ON public.streams_demandvote USING btree (demand_id);
CREATE INDEX streams_demandvote_user_id_48f34365 ON public.streams_demandvote USING btree (user_id);
CREATE INDEX streams_dra_broadca_498680_idx ON public.streams_draw USING btree (broadcast_id, announced_at DESC);
CREATE INDEX streams_draw_broadcast_id_a5f09b61 ON public.streams_draw USING btree (broadcast_id);
CREATE INDEX streams_draw_opened_by_id_5ba543a2 ON public.streams_draw USING btree (opened_by_id);
CREATE INDEX streams_draw_planned_by_id_7383750f ON public.streams_draw USING btree (planned_by_id);
CREATE INDEX streams_draw_public_id_07c80d51_like ON public.streams_draw USING btree (public_id varchar_pattern_ops);
CREATE INDEX streams_drawentry_draw_id_dcf046c2 ON public.streams_drawentry USING btree (draw_id);
CREATE INDEX streams_drawentry_user_id_b21cd74b ON public.streams_drawentry USING btree (user_id);
CREATE INDEX streams_drawwinner_draw_id_aff6ac40 ON public.streams_drawwinner USING btree (draw_id);
CREATE INDEX streams_fla_broadca_627353_idx ON public.streams_flashsale USING btree (broadcast_id, started_at DESC);
CREATE INDEX streams_flashsale_approved_by_id_1125ffd2 ON public.streams_flashsale USING btree (approved_by_id);
CREATE INDEX streams_flashsale_broadcast_id_05521418 ON public.streams_flashsale USING btree (broadcast_id);
CREATE INDEX streams_flashsale_closed_by_id_e12f7130 ON public.streams_flashsale USING btree (closed_by_id);
CREATE INDEX streams_flashsale_festival_id_a12533ff ON public.streams_flashsale USING btree (festival_id);
CREATE INDEX streams_flashsale_product_id_fb5153bf ON public.streams_flashsale USING btree (product_id);
CREATE INDEX streams_flashsale_proposed_by_id_36c0dd67 ON public.streams_flashsale USING btree (proposed_by_id);
CREATE INDEX streams_flashsale_started_by_id_60987c35 ON public.streams_flashsale USING btree (started_by_id);
CREATE INDEX streams_follow_official_id_776c5fc5 ON public.streams_follow USING btree (official_id);
CREATE INDEX streams_follow_user_id_6cb9aa36 ON public.streams_follow USING btree (user_id);
CREATE INDEX streams_moderationaction_broadcast_id_83b4b6da ON public.streams_moderationaction USING btree (broadcast_id);
CREATE INDEX streams_moderationaction_by_id_217f2873 ON public.streams_moderationaction USING btree (by_id);
CREATE INDEX streams_moderationaction_message_id_33ca58d3 ON public.streams_moderationaction USING btree (message_id);
CREATE INDEX streams_moderationaction_sanction_id_2ee6a810 ON public.streams_moderationaction USING btree (sanction_id);
CREATE INDEX streams_moderationaction_user_id_7964e3c3 ON public.streams_moderationaction USING btree (user_id);
CREATE INDEX streams_pin_broadcast_id_d7cdacff ON public.streams_pin USING btree (broadcast_id);
CREATE INDEX streams_pin_item_id_285fac1d ON public.streams_pin USING btree (item_id);
CREATE INDEX streams_pin_pinned_by_id_017afeaa ON public.streams_pin USING btree (pinned_by_id);
CREATE INDEX streams_pol_broadca_466cf3_idx ON public.streams_poll USING btree (broadcast_id, opened_at DESC);
CREATE INDEX streams_poll_broadcast_id_7ac23f83 ON public.streams_poll USING btree (broadcast_id);
CREATE INDEX streams_poll_opened_by_id_d8a3bc83 ON public.streams_poll USING btree (opened_by_id);
CREATE INDEX streams_poll_public_id_be92587a_like ON public.streams_poll USING btree (public_id varchar_pattern_ops);
CREATE INDEX streams_pollvote_poll_id_ce77ae97 ON public.streams_pollvote USING btree (poll_id);
CREATE INDEX streams_pollvote_user_id_a61bbcf2 ON public.streams_pollvote USING btree (user_id);
CREATE INDEX streams_portraitconsent_given_by_id_013e967b ON public.streams_portraitconsent USING btree (given_by_id);
CREATE INDEX streams_portraitconsent_official_id_4a508380 ON public.streams_portraitconsent USING btree (official_id);
CREATE INDEX streams_question_broadcast_id_1419aa9c ON public.streams_question USING btree (broadcast_id);
CREATE INDEX streams_question_closed_by_id_20b4a1e0 ON public.streams_question USING btree (closed_by_id);
CREATE INDEX streams_question_user_id_560ff7cf ON public.streams_question USING btree (user_id);
CREATE INDEX streams_questionvote_question_id_c2ce9ef6 ON public.streams_questionvote USING btree (question_id);
CREATE INDEX streams_questionvote_user_id_df6a814d ON public.streams_questionvote USING btree (user_id);
CREATE INDEX streams_recordingalert_broadcast_id_778d5fc2 ON public.streams_recordingalert USING btree (broadcast_id);
CREATE INDEX streams_rehearsal_opened_by_id_e060482c ON public.streams_rehearsal USING btree (opened_by_id);
CREATE INDEX streams_rehearsalflash_broadcast_id_28fefda6 ON public.streams_rehearsalflash USING btree (broadcast_id);
CREATE INDEX streams_rehearsalflash_plan_id_5d4e30d1 ON public.streams_rehearsalflash USING btree (plan_id);
CREATE INDEX streams_rehearsalguest_invited_by_id_83b6497d ON public.streams_rehearsalguest USING btree (invited_by_id);
CREATE INDEX streams_rehearsalguest_show_id_d6356b1e ON public.streams_rehearsalguest USING btree (show_id);
CREATE INDEX streams_rehearsalguest_user_id_f87aef3f ON public.streams_rehearsalguest USING btree (user_id);
CREATE INDEX streams_rehearsalorder_broadcast_id_f7a4440c ON public.streams_rehearsalorder USING btree (broadcast_id);
CREATE INDEX streams_rehearsalorder_buyer_id_0981d94e ON public.streams_rehearsalorder USING btree (buyer_id);
CREATE INDEX streams_rehearsalorder_flash_id_dbe5521b ON public.streams_rehearsalorder USING btree (flash_id);
CREATE INDEX streams_rehearsalorder_product_id_118ef2f2 ON public.streams_rehearsalorder USING btree (product_id);
CREATE INDEX streams_relay_from_show_id_e627c8dd ON public.streams_relay USING btree (from_show_id);
CREATE INDEX streams_relay_made_by_id_bdbd2139 ON public.streams_relay USING btree (made_by_id);
CREATE INDEX streams_relay_to_show_id_5c9177a4 ON public.streams_relay USING btree (to_show_id);
CREATE INDEX streams_reminder_broadcast_id_f4ea010f ON public.streams_reminder USING btree (broadcast_id);
CREATE INDEX streams_reminder_user_id_3dd765a7 ON public.streams_reminder USING btree (user_id);
CREATE INDEX streams_replaychapter_product_id_f51c4395 ON public.streams_replaychapter USING btree (product_id);
CREATE INDEX streams_replaychapter_replay_id_4a242402 ON public.streams_replaychapter USING btree (replay_id);
CREATE INDEX streams_replayexport_asked_by_id_05c2edf4 ON public.streams_replayexport USING btree (asked_by_id);
CREATE INDEX streams_replayexport_replay_id_7d89054a ON public.streams_replayexport USING btree (replay_id);
CREATE INDEX streams_roomrole_broadcast_id_e9f97e5a ON public.streams_roomrole USING btree (broadcast_id);
CREATE INDEX streams_roomrole_given_by_id_b651c248 ON public.streams_roomrole USING btree (given_by_id);
CREATE INDEX streams_roomrole_user_id_af628ba6 ON public.streams_roomrole USING btree (user_id);
CREATE INDEX streams_runtemplate_created_by_id_dc8fe2d0 ON public.streams_runtemplate USING btree (created_by_id);
CREATE INDEX streams_runtemplate_host_id_7ea22c64 ON public.streams_runtemplate USING btree (host_id);
CREATE INDEX streams_runtemplatesegment_product_id_8549bf4b ON public.streams_runtemplatesegment USING btree (product_id);
CREATE INDEX streams_runtemplatesegment_template_id_8cd981c3 ON public.streams_runtemplatesegment USING btree (template_id);
CREATE INDEX streams_sanction_broadcast_id_8b83066c ON public.streams_sanction USING btree (broadcast_id);
CREATE INDEX streams_sanction_by_id_90e7ea56 ON public.streams_sanction USING btree (by_id);
CREATE INDEX streams_sanction_decided_by_id_3cc3ace7 ON public.streams_sanction USING btree (decided_by_id);
CREATE INDEX streams_sanction_host_id_7d6ca94d ON public.streams_sanction USING btree (host_id);
CREATE INDEX streams_sanction_lifted_by_id_9c30d48a ON public.streams_sanction USING btree (lifted_by_id);
CREATE INDEX streams_sanction_message_id_c2036292 ON public.streams_sanction USING btree (message_id);
CREATE INDEX streams_sanction_user_id_fa5176be ON public.streams_sanction USING btree (user_id);
CREATE INDEX streams_scriptclearance_cleared_by_id_5f650421 ON public.streams_scriptclearance USING btree (cleared_by_id);
CREATE INDEX streams_scriptclearance_segment_id_97343110 ON public.streams_scriptclearance USING btree (segment_id);
CREATE INDEX streams_segment_broadcast_id_0b8cbf02 ON public.streams_segment USING btree (broadcast_id);
CREATE INDEX streams_segment_flash_sale_id_4c7f271f ON public.streams_segment USING btree (flash_sale_id);
CREATE INDEX streams_segment_product_id_e022431f ON public.streams_segment USING btree (product_id);
CREATE INDEX streams_shelfitem_broadcast_id_4fb7e882 ON public.streams_shelfitem USING btree (broadcast_id);
CREATE INDEX streams_shelfitem_deal_id_375ed9ed ON public.streams_shelfitem USING btree (deal_id);
CREATE INDEX streams_shelfitem_product_id_44694abf ON public.streams_shelfitem USING btree (product_id);
CREATE INDEX streams_showapproval_decided_by_id_f67b55df ON public.streams_showapproval USING btree (decided_by_id);
CREATE INDEX streams_showapproval_proposed_by_id_6f014f53 ON public.streams_showapproval USING btree (proposed_by_id);
CREATE INDEX streams_showapprovalstep_actor_id_28121309 ON public.streams_showapprovalstep USING btree (actor_id);
CREATE INDEX streams_showapprovalstep_approval_id_6507ebb6 ON public.streams_showapprovalstep USING btree (approval_id);
CREATE INDEX streams_showlook_broadcast_id_5ba8c40e ON public.streams_showlook USING btree (broadcast_id);
CREATE INDEX streams_showlook_product_id_ab897597 ON public.streams_showlook USING btree (product_id);
CREATE INDEX streams_showmoment_broadcast_id_766f5344 ON public.streams_showmoment USING btree (broadcast_id);
CREATE INDEX streams_showvisitor_broadcast_id_f2285bc3 ON public.streams_showvisitor USING btree (broadcast_id);
CREATE INDEX streams_streamkey_broadcast_id_17b4368d ON public.streams_streamkey USING btree (broadcast_id);
CREATE INDEX streams_streamkey_made_by_id_624d13db ON public.streams_streamkey USING btree (made_by_id);
CREATE INDEX streams_wordlist_host_id_9f61bf5e ON public.streams_wordlist USING btree (host_id);
CREATE INDEX submission_due ON public.products_submission USING btree (due_at) WHERE ((state)::text = ANY (ARRAY[('county'::character varying)::text, ('prefecture'::character varying)::text]));
CREATE INDEX told_of_a_show ON public.orders_toldreport USING btree (broadcast_id, state);
CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY (ARRAY[('totp'::character varying)::text, ('recovery_codes'::character varying)::text]));
CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";
CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;
CREATE UNIQUE INDEX user_email_any_case ON public.accounts_user USING btree (lower((email)::text));
CREATE INDEX usersessions_usersession_session_key_fd35de43_like ON public.usersessions_usersession USING btree (session_key varchar_pattern_ops);
CREATE INDEX usersessions_usersession_user_id_af5e0a6d ON public.usersessions_usersession USING btree (user_id);
CREATE INDEX watch_told ON public.products_stockwatch USING btree (product_id, told_at DESC) WHERE (told_at IS NOT NULL);
CREATE INDEX watch_waiting ON public.products_stockwatch USING btree (product_id, id) WHERE (told_at IS NULL);
CREATE INDEX webhook_due ON public.orders_webhookevent USING btree (due_at) WHERE ((handled_at IS NULL) AND (quarantined_at IS NULL));
CREATE TRIGGER audit_entries_are_not_emptied BEFORE TRUNCATE ON public.audit_auditentry FOR EACH STATEMENT EXECUTE FUNCTION public.audit_entries_stay();
CREATE TRIGGER audit_entries_stay BEFORE DELETE OR UPDATE ON public.audit_auditentry FOR EACH ROW EXECUTE FUNCTION public.audit_entries_stay();
CREATE TRIGGER moderation_book_stays BEFORE UPDATE ON public.streams_moderationaction FOR EACH ROW EXECUTE FUNCTION public.streams_moderation_book_stays();
CREATE TRIGGER orders_coupon_is_counted BEFORE INSERT OR DELETE OR UPDATE OF state ON public.orders_couponuse FOR EACH ROW EXECUTE FUNCTION public.orders_coupon_is_counted();
CREATE TRIGGER orders_coupon_use_stays BEFORE UPDATE OF coupon_id, buyer_id, order_id, discount_fen ON public.orders_couponuse FOR EACH ROW WHEN (((old.coupon_id IS DISTINCT FROM new.coupon_id) OR (old.buyer_id IS DISTINCT FROM new.buyer_id) OR (old.order_id IS DISTINCT FROM new.order_id) OR (old.discount_fen IS DISTINCT FROM new.discount_fen))) EXECUTE FUNCTION public.orders_coupon_use_stays();
CREATE CONSTRAINT TRIGGER orders_entry_balances AFTER INSERT ON public.orders_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.orders_ledger_balances();
CREATE TRIGGER orders_entry_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.orders_entry FOR EACH STATEMENT EXECUTE FUNCTION public.orders_ledger_stays();
CREATE TRIGGER orders_hold_extends_once BEFORE UPDATE OF expires_at, extended_at ON public.orders_hold FOR EACH ROW WHEN (((new.expires_at > old.expires_at) OR ((old.extended_at IS NOT NULL) AND (new.extended_at IS DISTINCT FROM old.extended_at)))) EXECUTE FUNCTION public.orders_hold_extends_once();
CREATE TRIGGER orders_limit_is_kept_at_first AFTER INSERT ON public.orders_limitcounter REFERENCING NEW TABLE AS grown FOR EACH STATEMENT EXECUTE FUNCTION public.orders_limit_is_kept();
CREATE TRIGGER orders_limit_is_kept_later AFTER UPDATE ON public.orders_limitcounter REFERENCING OLD TABLE AS was NEW TABLE AS grown FOR EACH STATEMENT EXECUTE FUNCTION public.orders_limit_is_kept_later();
CREATE TRIGGER orders_order_ends_with_its_holds BEFORE UPDATE OF expires_at ON public.orders_order FOR EACH ROW WHEN ((((new.state)::text = 'placed'::text) AND (new.expires_at > old.expires_at))) EXECUTE FUNCTION public.orders_order_ends_with_its_holds();
CREATE TRIGGER orders_refund_counts AFTER INSERT OR DELETE OR UPDATE ON public.orders_refund FOR EACH ROW EXECUTE FUNCTION public.orders_refund_counts();
CREATE CONSTRAINT TRIGGER orders_transaction_balances AFTER INSERT ON public.orders_transaction DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.orders_ledger_balances();
CREATE TRIGGER orders_transaction_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.orders_transaction FOR EACH STATEMENT EXECUTE FUNCTION public.orders_ledger_stays();
CREATE TRIGGER products_deal_is_honest BEFORE INSERT OR UPDATE ON public.products_deal FOR EACH ROW EXECUTE FUNCTION public.products_deal_is_honest();
CREATE CONSTRAINT TRIGGER products_festival_keeps_its_word AFTER UPDATE OF max_price_bps, base_window_days, starts_at, ends_at ON public.products_festival DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.products_festival_keeps_its_word();
CREATE CONSTRAINT TRIGGER products_list_series_mirrors_product AFTER INSERT ON public.products_pricepoint DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.deal_id IS NULL)) EXECUTE FUNCTION public.products_list_series_mirrors_product();
CREATE TRIGGER products_platform_share_ahead BEFORE INSERT ON public.products_platformshare FOR EACH ROW EXECUTE FUNCTION public.products_platform_share_stays();
CREATE TRIGGER products_platform_share_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.products_platformshare FOR EACH STATEMENT EXECUTE FUNCTION public.products_platform_share_stays();
CREATE TRIGGER products_price_point_is_true BEFORE INSERT ON public.products_pricepoint FOR EACH ROW EXECUTE FUNCTION public.products_price_point_is_true();
CREATE CONSTRAINT TRIGGER products_price_point_keeps_deals_honest AFTER INSERT ON public.products_pricepoint DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.products_price_point_keeps_deals_honest();
CREATE TRIGGER products_price_points_stay BEFORE DELETE OR UPDATE OR TRUNCATE ON public.products_pricepoint FOR EACH STATEMENT EXECUTE FUNCTION public.products_price_points_stay();
CREATE TRIGGER products_record_deal_price AFTER INSERT OR UPDATE OF state ON public.products_deal FOR EACH ROW EXECUTE FUNCTION public.products_record_deal_price();
CREATE TRIGGER products_record_list_price AFTER INSERT OR UPDATE OF state, list_price_fen ON public.products_product FOR EACH ROW EXECUTE FUNCTION public.products_record_list_price();
CREATE TRIGGER products_submission_is_judged_by_others BEFORE INSERT OR UPDATE ON public.products_submission FOR EACH ROW EXECUTE FUNCTION public.products_submission_is_judged_by_others();
CREATE TRIGGER streams_draw_entry_counts BEFORE INSERT OR UPDATE ON public.streams_drawentry FOR EACH ROW EXECUTE FUNCTION public.streams_draw_entry_counts();
CREATE TRIGGER streams_draw_entry_stays BEFORE DELETE ON public.streams_drawentry FOR EACH ROW WHEN ((old.draw_id > 0)) EXECUTE FUNCTION public.streams_draw_entry_counts();
CREATE TRIGGER streams_draw_is_fixed BEFORE INSERT OR UPDATE ON public.streams_draw FOR EACH ROW EXECUTE FUNCTION public.streams_draw_is_fixed();
CREATE TRIGGER streams_draw_stays BEFORE DELETE ON public.streams_draw FOR EACH ROW WHEN ((old.id > 0)) EXECUTE FUNCTION public.streams_draw_is_fixed();
CREATE TRIGGER streams_draw_winner_is_the_one BEFORE INSERT OR UPDATE ON public.streams_drawwinner FOR EACH ROW EXECUTE FUNCTION public.streams_draw_winner_is_the_one();
CREATE TRIGGER streams_draw_winner_stays BEFORE DELETE ON public.streams_drawwinner FOR EACH ROW WHEN ((old.draw_id > 0)) EXECUTE FUNCTION public.streams_draw_winner_is_the_one();
CREATE TRIGGER streams_flash_sale_is_honest BEFORE INSERT OR UPDATE ON public.streams_flashsale FOR EACH ROW EXECUTE FUNCTION public.streams_flash_sale_is_honest();
CREATE TRIGGER streams_poll_is_fixed BEFORE UPDATE ON public.streams_poll FOR EACH ROW EXECUTE FUNCTION public.streams_poll_is_fixed();
CREATE TRIGGER streams_poll_vote_counts BEFORE INSERT OR UPDATE ON public.streams_pollvote FOR EACH ROW EXECUTE FUNCTION public.streams_poll_vote_counts();
CREATE TRIGGER streams_portrait_consent_is_theirs BEFORE INSERT OR UPDATE ON public.streams_portraitconsent FOR EACH ROW EXECUTE FUNCTION public.streams_portrait_consent_is_theirs();
CREATE TRIGGER streams_segment_keeps_to_its_show BEFORE INSERT OR UPDATE OF flash_sale_id, broadcast_id ON public.streams_segment FOR EACH ROW EXECUTE FUNCTION public.streams_segment_keeps_to_its_show();
CREATE TRIGGER streams_show_approval_is_fair BEFORE INSERT OR UPDATE ON public.streams_showapproval FOR EACH ROW EXECUTE FUNCTION public.streams_show_approval_is_fair();
CREATE TRIGGER streams_show_is_approved BEFORE UPDATE OF state ON public.streams_broadcast FOR EACH ROW WHEN ((((new.state)::text = 'live'::text) AND ((old.state)::text <> 'live'::text))) EXECUTE FUNCTION public.streams_show_is_approved();
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_address
    ADD CONSTRAINT accounts_address_user_id_c8c74ddf_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_closingrequest
    ADD CONSTRAINT accounts_closingrequest_user_id_4c5a6597_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_datacopy
    ADD CONSTRAINT accounts_datacopy_user_id_9d34d0c8_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user_groups
    ADD CONSTRAINT accounts_user_groups_group_id_bd11a704_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user_groups
    ADD CONSTRAINT accounts_user_groups_user_id_52b62117_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user_user_permissions
    ADD CONSTRAINT accounts_user_user_p_permission_id_113bb443_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_user_user_permissions
    ADD CONSTRAINT accounts_user_user_p_user_id_e4f0a161_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_choice
    ADD CONSTRAINT notifications_choice_user_id_226954aa_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_delivery
    ADD CONSTRAINT notifications_delive_notification_id_ea8dc048_fk_notificat FOREIGN KEY (notification_id) REFERENCES public.notifications_notification(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_delivery
    ADD CONSTRAINT notifications_delive_subscription_id_21311d1e_fk_notificat FOREIGN KEY (subscription_id) REFERENCES public.notifications_pushsubscription(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_notification
    ADD CONSTRAINT notifications_notification_user_id_b5e8c0ff_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_pushsubscription
    ADD CONSTRAINT notifications_pushsu_user_id_ffe8030a_fk_accounts_ FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.notifications_quiethours
    ADD CONSTRAINT notifications_quiethours_user_id_d4c5d052_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.officials_assistant
    ADD CONSTRAINT officials_assistant_official_id_00e896e7_fk_officials FOREIGN KEY (official_id) REFERENCES public.officials_official(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.officials_assistant
    ADD CONSTRAINT officials_assistant_user_id_3c9f5744_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.officials_curator
    ADD CONSTRAINT officials_curator_prefecture_id_3c4760ad_fk_officials FOREIGN KEY (prefecture_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.officials_curator
    ADD CONSTRAINT officials_curator_user_id_1f75518a_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.officials_official
    ADD CONSTRAINT officials_official_region_id_83f49e2a_fk_officials_region_code FOREIGN KEY (region_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.officials_official
    ADD CONSTRAINT officials_official_user_id_6e0abca7_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.officials_official
    ADD CONSTRAINT officials_official_verified_by_id_3898b5ca_fk_accounts_user_id FOREIGN KEY (verified_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.officials_officialcheck
    ADD CONSTRAINT officials_officialch_checked_by_id_d2ab4d2f_fk_accounts_ FOREIGN KEY (checked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.officials_officialcheck
    ADD CONSTRAINT officials_officialch_official_id_79e884a0_fk_officials FOREIGN KEY (official_id) REFERENCES public.officials_official(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.officials_region
    ADD CONSTRAINT officials_region_parent_id_c72d3bc7_fk_officials_region_code FOREIGN KEY (parent_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_account
    ADD CONSTRAINT orders_account_producer_id_868f753f_fk_products_producer_id FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_basketline
    ADD CONSTRAINT orders_basketline_broadcast_id_5f914001_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_basketline
    ADD CONSTRAINT orders_basketline_product_id_707fe060_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_basketline
    ADD CONSTRAINT orders_basketline_user_id_bfebf2a0_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_coupon
    ADD CONSTRAINT orders_coupon_festival_id_e8442aad_fk_products_festival_id FOREIGN KEY (festival_id) REFERENCES public.products_festival(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_coupon
    ADD CONSTRAINT orders_coupon_holder_id_4f9490a9_fk_accounts_user_id FOREIGN KEY (holder_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_coupon
    ADD CONSTRAINT orders_coupon_prefecture_id_338bd3d2_fk_officials_region_code FOREIGN KEY (prefecture_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_coupon
    ADD CONSTRAINT orders_coupon_producer_id_2841dae4_fk_products_producer_id FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_couponuse
    ADD CONSTRAINT orders_couponuse_buyer_id_dabd7cc3_fk_accounts_user_id FOREIGN KEY (buyer_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_couponuse
    ADD CONSTRAINT orders_couponuse_coupon_id_e6fb8604_fk_orders_coupon_id FOREIGN KEY (coupon_id) REFERENCES public.orders_coupon(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_couponuse
    ADD CONSTRAINT orders_couponuse_order_id_cd36a2df_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_difference
    ADD CONSTRAINT orders_difference_closed_by_id_7ae1b557_fk_accounts_user_id FOREIGN KEY (closed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_difference
    ADD CONSTRAINT orders_difference_order_id_05e0b98a_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_dispute
    ADD CONSTRAINT orders_dispute_payment_id_291b54ec_fk_orders_payment_id FOREIGN KEY (payment_id) REFERENCES public.orders_payment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_disputeevent
    ADD CONSTRAINT orders_disputeevent_actor_id_8e1513d0_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_disputeevent
    ADD CONSTRAINT orders_disputeevent_dispute_id_838d168e_fk_orders_dispute_id FOREIGN KEY (dispute_id) REFERENCES public.orders_dispute(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_entry
    ADD CONSTRAINT orders_entry_account_id_3f8d6d61_fk_orders_account_id FOREIGN KEY (account_id) REFERENCES public.orders_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_entry
    ADD CONSTRAINT orders_entry_transaction_id_c0753c1a_fk_orders_transaction_id FOREIGN KEY (transaction_id) REFERENCES public.orders_transaction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_festivalscreen
    ADD CONSTRAINT orders_festivalscree_festival_id_e4af949a_fk_products_ FOREIGN KEY (festival_id) REFERENCES public.products_festival(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_freighttemplate
    ADD CONSTRAINT orders_freighttempla_producer_id_24e0510e_fk_products_ FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_freightzone
    ADD CONSTRAINT orders_freightzone_template_id_f8b7bdff_fk_orders_fr FOREIGN KEY (template_id) REFERENCES public.orders_freighttemplate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_hold
    ADD CONSTRAINT orders_hold_order_id_cbe1f828_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_hold
    ADD CONSTRAINT orders_hold_pool_id_0f143052_fk_products_stockpool_id FOREIGN KEY (pool_id) REFERENCES public.products_stockpool(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_limitcounter
    ADD CONSTRAINT orders_limitcounter_buyer_id_4b4f3a2b_fk_accounts_user_id FOREIGN KEY (buyer_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_limitcounter
    ADD CONSTRAINT orders_limitcounter_deal_id_2b6ffe00_fk_products_deal_id FOREIGN KEY (deal_id) REFERENCES public.products_deal(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_movement
    ADD CONSTRAINT orders_movement_transaction_id_cc4566de_fk_orders_tr FOREIGN KEY (transaction_id) REFERENCES public.orders_transaction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT orders_order_broadcast_id_8b295757_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT orders_order_buyer_id_26195532_fk_accounts_user_id FOREIGN KEY (buyer_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_orderevent
    ADD CONSTRAINT orders_orderevent_actor_id_4ce1466c_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_orderevent
    ADD CONSTRAINT orders_orderevent_order_id_b26297f3_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_orderline
    ADD CONSTRAINT orders_orderline_broadcast_id_13e27d12_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_orderline
    ADD CONSTRAINT orders_orderline_deal_id_0711cfc8_fk_products_deal_id FOREIGN KEY (deal_id) REFERENCES public.products_deal(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_orderline
    ADD CONSTRAINT orders_orderline_order_id_17f8f3ef_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_orderline
    ADD CONSTRAINT orders_orderline_producer_id_f0d66c44_fk_products_producer_id FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_orderline
    ADD CONSTRAINT orders_orderline_product_id_a68772b6_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_ordernetwork
    ADD CONSTRAINT orders_ordernetwork_order_id_865200ab_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_parcel
    ADD CONSTRAINT orders_parcel_order_id_b76bd86d_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_parcel
    ADD CONSTRAINT orders_parcel_producer_id_0dc283d5_fk_products_producer_id FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_parcelevent
    ADD CONSTRAINT orders_parcelevent_actor_id_5684d60d_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_parcelevent
    ADD CONSTRAINT orders_parcelevent_parcel_id_393fe803_fk_orders_parcel_id FOREIGN KEY (parcel_id) REFERENCES public.orders_parcel(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_parcelline
    ADD CONSTRAINT orders_parcelline_line_id_7afc6e10_fk_orders_orderline_id FOREIGN KEY (line_id) REFERENCES public.orders_orderline(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_parcelline
    ADD CONSTRAINT orders_parcelline_parcel_id_37721d24_fk_orders_parcel_id FOREIGN KEY (parcel_id) REFERENCES public.orders_parcel(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payment
    ADD CONSTRAINT orders_payment_order_id_bdccf250_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_paymentevent
    ADD CONSTRAINT orders_paymentevent_actor_id_e2cb2f6a_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_paymentevent
    ADD CONSTRAINT orders_paymentevent_payment_id_7b3552b0_fk_orders_payment_id FOREIGN KEY (payment_id) REFERENCES public.orders_payment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payout
    ADD CONSTRAINT orders_payout_batch_id_91172df6_fk_orders_payoutbatch_id FOREIGN KEY (batch_id) REFERENCES public.orders_payoutbatch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payout
    ADD CONSTRAINT orders_payout_producer_id_673eca44_fk_products_producer_id FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payoutaccount
    ADD CONSTRAINT orders_payoutaccount_confirmed_by_id_4e3d431d_fk_accounts_ FOREIGN KEY (confirmed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payoutaccount
    ADD CONSTRAINT orders_payoutaccount_entered_by_id_74827eb8_fk_accounts_user_id FOREIGN KEY (entered_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payoutaccount
    ADD CONSTRAINT orders_payoutaccount_producer_id_c2f8b7ac_fk_products_ FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payoutbatch
    ADD CONSTRAINT orders_payoutbatch_approved_by_id_a7497a60_fk_accounts_user_id FOREIGN KEY (approved_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payoutbatch
    ADD CONSTRAINT orders_payoutbatch_made_by_id_4a2ceca4_fk_accounts_user_id FOREIGN KEY (made_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payoutline
    ADD CONSTRAINT orders_payoutline_order_id_4cff97e0_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payoutline
    ADD CONSTRAINT orders_payoutline_payout_id_fd49837f_fk_orders_payout_id FOREIGN KEY (payout_id) REFERENCES public.orders_payout(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_payoutline
    ADD CONSTRAINT orders_payoutline_producer_id_430f609a_fk_products_producer_id FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_portalvisit
    ADD CONSTRAINT orders_portalvisit_order_id_2eac63a8_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_portalvisit
    ADD CONSTRAINT orders_portalvisit_producer_id_e06b3b21_fk_products_producer_id FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_portalvisit
    ADD CONSTRAINT orders_portalvisit_user_id_e6cacda3_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_preparation
    ADD CONSTRAINT orders_preparation_begun_by_id_c1bcc6af_fk_accounts_user_id FOREIGN KEY (begun_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_preparation
    ADD CONSTRAINT orders_preparation_order_id_fafe3499_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_preparation
    ADD CONSTRAINT orders_preparation_producer_id_7a66e65c_fk_products_producer_id FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_refund
    ADD CONSTRAINT orders_refund_decided_by_id_4ad650de_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_refund
    ADD CONSTRAINT orders_refund_payment_id_a6b07753_fk_orders_payment_id FOREIGN KEY (payment_id) REFERENCES public.orders_payment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_refund
    ADD CONSTRAINT orders_refund_producer_id_8f949ce8_fk_products_producer_id FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_refund
    ADD CONSTRAINT orders_refund_requested_by_id_43cd30f2_fk_accounts_user_id FOREIGN KEY (requested_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_refundevent
    ADD CONSTRAINT orders_refundevent_actor_id_2ab8a63a_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_refundevent
    ADD CONSTRAINT orders_refundevent_refund_id_e473970f_fk_orders_refund_id FOREIGN KEY (refund_id) REFERENCES public.orders_refund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_refundline
    ADD CONSTRAINT orders_refundline_line_id_e7037741_fk_orders_orderline_id FOREIGN KEY (line_id) REFERENCES public.orders_orderline(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_refundline
    ADD CONSTRAINT orders_refundline_refund_id_bbd48e7b_fk_orders_refund_id FOREIGN KEY (refund_id) REFERENCES public.orders_refund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_refundphoto
    ADD CONSTRAINT orders_refundphoto_refund_id_d5832516_fk_orders_refund_id FOREIGN KEY (refund_id) REFERENCES public.orders_refund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_refundrule
    ADD CONSTRAINT orders_refundrule_prefecture_id_930925e5_fk_officials FOREIGN KEY (prefecture_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_review
    ADD CONSTRAINT orders_review_author_id_8cb7f022_fk_accounts_user_id FOREIGN KEY (author_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_review
    ADD CONSTRAINT orders_review_hidden_by_id_89b7b539_fk_accounts_user_id FOREIGN KEY (hidden_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_review
    ADD CONSTRAINT orders_review_line_id_39b5e4d3_fk_orders_orderline_id FOREIGN KEY (line_id) REFERENCES public.orders_orderline(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_review
    ADD CONSTRAINT orders_review_product_id_fcb3225d_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_review
    ADD CONSTRAINT orders_review_replied_by_id_838a64de_fk_accounts_user_id FOREIGN KEY (replied_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_reviewpicture
    ADD CONSTRAINT orders_reviewpicture_review_id_e20ff152_fk_orders_review_id FOREIGN KEY (review_id) REFERENCES public.orders_review(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_reviewreply
    ADD CONSTRAINT orders_reviewreply_official_id_ea9d141d_fk_officials FOREIGN KEY (official_id) REFERENCES public.officials_official(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_reviewreply
    ADD CONSTRAINT orders_reviewreply_review_id_2471ac81_fk_orders_review_id FOREIGN KEY (review_id) REFERENCES public.orders_review(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_settlement
    ADD CONSTRAINT orders_settlement_order_id_2a5337b0_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_settlementevent
    ADD CONSTRAINT orders_settlementeve_settlement_id_671d15e1_fk_orders_se FOREIGN KEY (settlement_id) REFERENCES public.orders_settlement(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_settlementevent
    ADD CONSTRAINT orders_settlementevent_actor_id_8314ba8a_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_shippingsheet
    ADD CONSTRAINT orders_shippingsheet_producer_id_44515773_fk_products_ FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_shippingsheet
    ADD CONSTRAINT orders_shippingsheet_uploaded_by_id_a8f573fa_fk_accounts_ FOREIGN KEY (uploaded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_toldreport
    ADD CONSTRAINT orders_toldreport_broadcast_id_05ceffa4_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_toldstep
    ADD CONSTRAINT orders_toldstep_actor_id_cac7001c_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_toldstep
    ADD CONSTRAINT orders_toldstep_report_id_bb09da54_fk_orders_toldreport_id FOREIGN KEY (report_id) REFERENCES public.orders_toldreport(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_transaction
    ADD CONSTRAINT orders_transaction_order_id_fad9519f_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES public.orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_deal
    ADD CONSTRAINT products_deal_approved_by_id_1faf5c02_fk_accounts_user_id FOREIGN KEY (approved_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_deal
    ADD CONSTRAINT products_deal_festival_id_18565e63_fk_products_festival_id FOREIGN KEY (festival_id) REFERENCES public.products_festival(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_deal
    ADD CONSTRAINT products_deal_product_id_e54b04f0_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_deal
    ADD CONSTRAINT products_deal_proposed_by_id_fe478924_fk_accounts_user_id FOREIGN KEY (proposed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_dealwithdrawal
    ADD CONSTRAINT products_dealwithdrawal_deal_id_b87a428d_fk_products_deal_id FOREIGN KEY (deal_id) REFERENCES public.products_deal(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_festival_regions
    ADD CONSTRAINT products_festival_re_festival_id_40ad05ef_fk_products_ FOREIGN KEY (festival_id) REFERENCES public.products_festival(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_festival_regions
    ADD CONSTRAINT products_festival_re_region_id_c7177aec_fk_officials FOREIGN KEY (region_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_platformshare
    ADD CONSTRAINT products_platformshare_set_by_id_c9f7bb10_fk_accounts_user_id FOREIGN KEY (set_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_pricepoint
    ADD CONSTRAINT products_pricepoint_deal_id_8b06514c_fk_products_deal_id FOREIGN KEY (deal_id) REFERENCES public.products_deal(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_pricepoint
    ADD CONSTRAINT products_pricepoint_product_id_c7b84644_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_producer
    ADD CONSTRAINT products_producer_region_id_8216b6ae_fk_officials_region_code FOREIGN KEY (region_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_producer
    ADD CONSTRAINT products_producer_user_id_f62958ab_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_producercheck
    ADD CONSTRAINT products_producerche_checked_by_id_63bfdbbc_fk_accounts_ FOREIGN KEY (checked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_producercheck
    ADD CONSTRAINT products_producerche_producer_id_b61afae3_fk_products_ FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_product
    ADD CONSTRAINT products_product_category_id_9b594869_fk_products_category_id FOREIGN KEY (category_id) REFERENCES public.products_category(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_product
    ADD CONSTRAINT products_product_county_id_91a5727e_fk_officials_region_code FOREIGN KEY (county_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_product
    ADD CONSTRAINT products_product_prefecture_id_49642b90_fk_officials FOREIGN KEY (prefecture_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_product
    ADD CONSTRAINT products_product_producer_id_be45bf24_fk_products_producer_id FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_productimage
    ADD CONSTRAINT products_productimag_product_id_e747596a_fk_products_ FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_sheetimport
    ADD CONSTRAINT products_sheetimport_uploaded_by_id_2193169e_fk_accounts_ FOREIGN KEY (uploaded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_sheetrow
    ADD CONSTRAINT products_sheetrow_sheet_id_eb9f625b_fk_products_sheetimport_id FOREIGN KEY (sheet_id) REFERENCES public.products_sheetimport(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_specialty
    ADD CONSTRAINT products_specialty_prefecture_id_def915e5_fk_officials FOREIGN KEY (prefecture_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_specialty
    ADD CONSTRAINT products_specialty_product_id_e1f5af38_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_specialtylist
    ADD CONSTRAINT products_specialtyli_prefecture_id_ef51ed6b_fk_officials FOREIGN KEY (prefecture_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_stockpool
    ADD CONSTRAINT products_stockpool_deal_id_eed7d15e_fk_products_deal_id FOREIGN KEY (deal_id) REFERENCES public.products_deal(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_stockpool
    ADD CONSTRAINT products_stockpool_product_id_65e82b0c_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_stockpool
    ADD CONSTRAINT products_stockpool_taken_from_id_d1a10c37_fk_products_ FOREIGN KEY (taken_from_id) REFERENCES public.products_stockpool(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_stockwatch
    ADD CONSTRAINT products_stockwatch_product_id_65a8485d_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_stockwatch
    ADD CONSTRAINT products_stockwatch_user_id_3fea3d74_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_submission
    ADD CONSTRAINT products_submission_checked_by_id_cb367127_fk_accounts_user_id FOREIGN KEY (checked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_submission
    ADD CONSTRAINT products_submission_decided_by_id_51f6c0a3_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_submission
    ADD CONSTRAINT products_submission_product_id_612b4f63_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_submission
    ADD CONSTRAINT products_submission_submitted_by_id_bde5ce82_fk_accounts_ FOREIGN KEY (submitted_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_submissionstep
    ADD CONSTRAINT products_submissions_submission_id_68bcea5a_fk_products_ FOREIGN KEY (submission_id) REFERENCES public.products_submission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.products_submissionstep
    ADD CONSTRAINT products_submissionstep_actor_id_499e6cd0_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_banneddevice
    ADD CONSTRAINT streams_banneddevice_sanction_id_3d1018eb_fk_streams_s FOREIGN KEY (sanction_id) REFERENCES public.streams_sanction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_bannedword
    ADD CONSTRAINT streams_bannedword_list_id_50c6b2d8_fk_streams_wordlist_id FOREIGN KEY (list_id) REFERENCES public.streams_wordlist(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_broadcast
    ADD CONSTRAINT streams_broadcast_festival_id_fc46f81c_fk_products_festival_id FOREIGN KEY (festival_id) REFERENCES public.products_festival(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_broadcast
    ADD CONSTRAINT streams_broadcast_host_id_60f72541_fk_officials_official_id FOREIGN KEY (host_id) REFERENCES public.officials_official(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_broadcast
    ADD CONSTRAINT streams_broadcast_region_id_8f0578c6_fk_officials_region_code FOREIGN KEY (region_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_broadcast
    ADD CONSTRAINT streams_broadcast_rehearsal_of_id_0f596be6_fk_streams_b FOREIGN KEY (rehearsal_of_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_chatdevice
    ADD CONSTRAINT streams_chatdevice_user_id_a89bf5ce_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_chatmessage
    ADD CONSTRAINT streams_chatmessage_broadcast_id_f4c90ab5_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_chatmessage
    ADD CONSTRAINT streams_chatmessage_hidden_by_id_1908963e_fk_accounts_user_id FOREIGN KEY (hidden_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_chatmessage
    ADD CONSTRAINT streams_chatmessage_reply_to_id_dfc31e1d_fk_streams_c FOREIGN KEY (reply_to_id) REFERENCES public.streams_chatmessage(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_chatmessage
    ADD CONSTRAINT streams_chatmessage_user_id_d3f53a32_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_declaration
    ADD CONSTRAINT streams_declaration_broadcast_id_f399058d_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_declaration
    ADD CONSTRAINT streams_declaration_declared_by_id_53c472fd_fk_accounts_user_id FOREIGN KEY (declared_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_declaration
    ADD CONSTRAINT streams_declaration_producer_id_683ed993_fk_products_ FOREIGN KEY (producer_id) REFERENCES public.products_producer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demand
    ADD CONSTRAINT streams_demand_merged_into_id_68afbbea_fk_streams_demand_id FOREIGN KEY (merged_into_id) REFERENCES public.streams_demand(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demand
    ADD CONSTRAINT streams_demand_official_id_f8c748ce_fk_officials_official_id FOREIGN KEY (official_id) REFERENCES public.officials_official(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demand
    ADD CONSTRAINT streams_demand_prefecture_id_8e7a979d_fk_officials_region_code FOREIGN KEY (prefecture_id) REFERENCES public.officials_region(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demand
    ADD CONSTRAINT streams_demand_product_id_d92834d6_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demandevent
    ADD CONSTRAINT streams_demandevent_actor_id_cf4e983b_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demandevent
    ADD CONSTRAINT streams_demandevent_demand_id_9825c9b8_fk_streams_demand_id FOREIGN KEY (demand_id) REFERENCES public.streams_demand(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demandreading
    ADD CONSTRAINT streams_demandreadin_broadcast_id_de00ae73_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demandreading
    ADD CONSTRAINT streams_demandreading_demand_id_6518140e_fk_streams_demand_id FOREIGN KEY (demand_id) REFERENCES public.streams_demand(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demandvoice
    ADD CONSTRAINT streams_demandvoice_demand_id_b0820ca0_fk_streams_demand_id FOREIGN KEY (demand_id) REFERENCES public.streams_demand(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demandvoice
    ADD CONSTRAINT streams_demandvoice_user_id_1c8a1503_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demandvote
    ADD CONSTRAINT streams_demandvote_demand_id_1cb955ce_fk_streams_demand_id FOREIGN KEY (demand_id) REFERENCES public.streams_demand(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_demandvote
    ADD CONSTRAINT streams_demandvote_user_id_48f34365_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_draw
    ADD CONSTRAINT streams_draw_broadcast_id_a5f09b61_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_draw
    ADD CONSTRAINT streams_draw_opened_by_id_5ba543a2_fk_accounts_user_id FOREIGN KEY (opened_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_draw
    ADD CONSTRAINT streams_draw_planned_by_id_7383750f_fk_accounts_user_id FOREIGN KEY (planned_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_drawentry
    ADD CONSTRAINT streams_drawentry_draw_id_dcf046c2_fk_streams_draw_id FOREIGN KEY (draw_id) REFERENCES public.streams_draw(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_drawentry
    ADD CONSTRAINT streams_drawentry_user_id_b21cd74b_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_drawwinner
    ADD CONSTRAINT streams_drawwinner_draw_id_aff6ac40_fk_streams_draw_id FOREIGN KEY (draw_id) REFERENCES public.streams_draw(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_drawwinner
    ADD CONSTRAINT streams_drawwinner_entry_id_6f74a35c_fk_streams_drawentry_id FOREIGN KEY (entry_id) REFERENCES public.streams_drawentry(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_flashsale
    ADD CONSTRAINT streams_flashsale_approved_by_id_1125ffd2_fk_accounts_user_id FOREIGN KEY (approved_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_flashsale
    ADD CONSTRAINT streams_flashsale_broadcast_id_05521418_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_flashsale
    ADD CONSTRAINT streams_flashsale_closed_by_id_e12f7130_fk_accounts_user_id FOREIGN KEY (closed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_flashsale
    ADD CONSTRAINT streams_flashsale_deal_id_d41859e7_fk_products_deal_id FOREIGN KEY (deal_id) REFERENCES public.products_deal(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_flashsale
    ADD CONSTRAINT streams_flashsale_festival_id_a12533ff_fk_products_festival_id FOREIGN KEY (festival_id) REFERENCES public.products_festival(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_flashsale
    ADD CONSTRAINT streams_flashsale_product_id_fb5153bf_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_flashsale
    ADD CONSTRAINT streams_flashsale_proposed_by_id_36c0dd67_fk_accounts_user_id FOREIGN KEY (proposed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_flashsale
    ADD CONSTRAINT streams_flashsale_started_by_id_60987c35_fk_accounts_user_id FOREIGN KEY (started_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_follow
    ADD CONSTRAINT streams_follow_official_id_776c5fc5_fk_officials_official_id FOREIGN KEY (official_id) REFERENCES public.officials_official(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_follow
    ADD CONSTRAINT streams_follow_user_id_6cb9aa36_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_moderationaction
    ADD CONSTRAINT streams_moderationac_broadcast_id_83b4b6da_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_moderationaction
    ADD CONSTRAINT streams_moderationac_message_id_33ca58d3_fk_streams_c FOREIGN KEY (message_id) REFERENCES public.streams_chatmessage(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_moderationaction
    ADD CONSTRAINT streams_moderationac_sanction_id_2ee6a810_fk_streams_s FOREIGN KEY (sanction_id) REFERENCES public.streams_sanction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_moderationaction
    ADD CONSTRAINT streams_moderationaction_by_id_217f2873_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_moderationaction
    ADD CONSTRAINT streams_moderationaction_user_id_7964e3c3_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_pin
    ADD CONSTRAINT streams_pin_broadcast_id_d7cdacff_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_pin
    ADD CONSTRAINT streams_pin_item_id_285fac1d_fk_streams_shelfitem_id FOREIGN KEY (item_id) REFERENCES public.streams_shelfitem(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_pin
    ADD CONSTRAINT streams_pin_pinned_by_id_017afeaa_fk_accounts_user_id FOREIGN KEY (pinned_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_poll
    ADD CONSTRAINT streams_poll_broadcast_id_7ac23f83_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_poll
    ADD CONSTRAINT streams_poll_opened_by_id_d8a3bc83_fk_accounts_user_id FOREIGN KEY (opened_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_pollvote
    ADD CONSTRAINT streams_pollvote_poll_id_ce77ae97_fk_streams_poll_id FOREIGN KEY (poll_id) REFERENCES public.streams_poll(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_pollvote
    ADD CONSTRAINT streams_pollvote_user_id_a61bbcf2_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_portraitconsent
    ADD CONSTRAINT streams_portraitcons_given_by_id_013e967b_fk_accounts_ FOREIGN KEY (given_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_portraitconsent
    ADD CONSTRAINT streams_portraitcons_official_id_4a508380_fk_officials FOREIGN KEY (official_id) REFERENCES public.officials_official(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_question
    ADD CONSTRAINT streams_question_broadcast_id_1419aa9c_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_question
    ADD CONSTRAINT streams_question_closed_by_id_20b4a1e0_fk_accounts_user_id FOREIGN KEY (closed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_question
    ADD CONSTRAINT streams_question_user_id_560ff7cf_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_questionvote
    ADD CONSTRAINT streams_questionvote_question_id_c2ce9ef6_fk_streams_q FOREIGN KEY (question_id) REFERENCES public.streams_question(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_questionvote
    ADD CONSTRAINT streams_questionvote_user_id_df6a814d_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_recordingalert
    ADD CONSTRAINT streams_recordingale_broadcast_id_778d5fc2_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsal
    ADD CONSTRAINT streams_rehearsal_broadcast_id_27b6766c_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsal
    ADD CONSTRAINT streams_rehearsal_opened_by_id_e060482c_fk_accounts_user_id FOREIGN KEY (opened_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsalflash
    ADD CONSTRAINT streams_rehearsalfla_broadcast_id_28fefda6_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsalflash
    ADD CONSTRAINT streams_rehearsalflash_plan_id_5d4e30d1_fk_streams_flashsale_id FOREIGN KEY (plan_id) REFERENCES public.streams_flashsale(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsalguest
    ADD CONSTRAINT streams_rehearsalgue_invited_by_id_83b6497d_fk_accounts_ FOREIGN KEY (invited_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsalguest
    ADD CONSTRAINT streams_rehearsalguest_show_id_d6356b1e_fk_streams_broadcast_id FOREIGN KEY (show_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsalguest
    ADD CONSTRAINT streams_rehearsalguest_user_id_f87aef3f_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsalorder
    ADD CONSTRAINT streams_rehearsalord_broadcast_id_f7a4440c_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsalorder
    ADD CONSTRAINT streams_rehearsalord_flash_id_dbe5521b_fk_streams_r FOREIGN KEY (flash_id) REFERENCES public.streams_rehearsalflash(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsalorder
    ADD CONSTRAINT streams_rehearsalord_product_id_118ef2f2_fk_products_ FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_rehearsalorder
    ADD CONSTRAINT streams_rehearsalorder_buyer_id_0981d94e_fk_accounts_user_id FOREIGN KEY (buyer_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_relay
    ADD CONSTRAINT streams_relay_from_show_id_e627c8dd_fk_streams_broadcast_id FOREIGN KEY (from_show_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_relay
    ADD CONSTRAINT streams_relay_made_by_id_bdbd2139_fk_accounts_user_id FOREIGN KEY (made_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_relay
    ADD CONSTRAINT streams_relay_to_show_id_5c9177a4_fk_streams_broadcast_id FOREIGN KEY (to_show_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_reminder
    ADD CONSTRAINT streams_reminder_broadcast_id_f4ea010f_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_reminder
    ADD CONSTRAINT streams_reminder_user_id_3dd765a7_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_replay
    ADD CONSTRAINT streams_replay_broadcast_id_231b42de_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_replaychapter
    ADD CONSTRAINT streams_replaychapte_product_id_f51c4395_fk_products_ FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_replaychapter
    ADD CONSTRAINT streams_replaychapter_replay_id_4a242402_fk_streams_replay_id FOREIGN KEY (replay_id) REFERENCES public.streams_replay(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_replayexport
    ADD CONSTRAINT streams_replayexport_asked_by_id_05c2edf4_fk_accounts_user_id FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_replayexport
    ADD CONSTRAINT streams_replayexport_replay_id_7d89054a_fk_streams_replay_id FOREIGN KEY (replay_id) REFERENCES public.streams_replay(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_roomrole
    ADD CONSTRAINT streams_roomrole_broadcast_id_e9f97e5a_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_roomrole
    ADD CONSTRAINT streams_roomrole_given_by_id_b651c248_fk_accounts_user_id FOREIGN KEY (given_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_roomrole
    ADD CONSTRAINT streams_roomrole_user_id_af628ba6_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_runtemplate
    ADD CONSTRAINT streams_runtemplate_created_by_id_dc8fe2d0_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_runtemplate
    ADD CONSTRAINT streams_runtemplate_host_id_7ea22c64_fk_officials_official_id FOREIGN KEY (host_id) REFERENCES public.officials_official(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_runtemplatesegment
    ADD CONSTRAINT streams_runtemplates_product_id_8549bf4b_fk_products_ FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_runtemplatesegment
    ADD CONSTRAINT streams_runtemplates_template_id_8cd981c3_fk_streams_r FOREIGN KEY (template_id) REFERENCES public.streams_runtemplate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_sanction
    ADD CONSTRAINT streams_sanction_broadcast_id_8b83066c_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_sanction
    ADD CONSTRAINT streams_sanction_by_id_90e7ea56_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_sanction
    ADD CONSTRAINT streams_sanction_decided_by_id_3cc3ace7_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_sanction
    ADD CONSTRAINT streams_sanction_host_id_7d6ca94d_fk_officials_official_id FOREIGN KEY (host_id) REFERENCES public.officials_official(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_sanction
    ADD CONSTRAINT streams_sanction_lifted_by_id_9c30d48a_fk_accounts_user_id FOREIGN KEY (lifted_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_sanction
    ADD CONSTRAINT streams_sanction_message_id_c2036292_fk_streams_chatmessage_id FOREIGN KEY (message_id) REFERENCES public.streams_chatmessage(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_sanction
    ADD CONSTRAINT streams_sanction_user_id_fa5176be_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_scriptclearance
    ADD CONSTRAINT streams_scriptcleara_cleared_by_id_5f650421_fk_accounts_ FOREIGN KEY (cleared_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_scriptclearance
    ADD CONSTRAINT streams_scriptcleara_segment_id_97343110_fk_streams_s FOREIGN KEY (segment_id) REFERENCES public.streams_segment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_segment
    ADD CONSTRAINT streams_segment_broadcast_id_0b8cbf02_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_segment
    ADD CONSTRAINT streams_segment_flash_sale_id_4c7f271f_fk_streams_flashsale_id FOREIGN KEY (flash_sale_id) REFERENCES public.streams_flashsale(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_segment
    ADD CONSTRAINT streams_segment_product_id_e022431f_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_shelfitem
    ADD CONSTRAINT streams_shelfitem_broadcast_id_4fb7e882_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_shelfitem
    ADD CONSTRAINT streams_shelfitem_deal_id_375ed9ed_fk_products_deal_id FOREIGN KEY (deal_id) REFERENCES public.products_deal(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_shelfitem
    ADD CONSTRAINT streams_shelfitem_product_id_44694abf_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showapprovalstep
    ADD CONSTRAINT streams_showapproval_approval_id_6507ebb6_fk_streams_s FOREIGN KEY (approval_id) REFERENCES public.streams_showapproval(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showapproval
    ADD CONSTRAINT streams_showapproval_broadcast_id_86842878_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showapproval
    ADD CONSTRAINT streams_showapproval_decided_by_id_f67b55df_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showapproval
    ADD CONSTRAINT streams_showapproval_proposed_by_id_6f014f53_fk_accounts_ FOREIGN KEY (proposed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showapprovalstep
    ADD CONSTRAINT streams_showapprovalstep_actor_id_28121309_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showfigures
    ADD CONSTRAINT streams_showfigures_broadcast_id_5867eec6_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showlook
    ADD CONSTRAINT streams_showlook_broadcast_id_5ba8c40e_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showlook
    ADD CONSTRAINT streams_showlook_product_id_ab897597_fk_products_product_id FOREIGN KEY (product_id) REFERENCES public.products_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showmoment
    ADD CONSTRAINT streams_showmoment_broadcast_id_766f5344_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showvisitor
    ADD CONSTRAINT streams_showvisitor_broadcast_id_f2285bc3_fk_streams_b FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_showwatch
    ADD CONSTRAINT streams_showwatch_broadcast_id_cd44b6c8_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_streamkey
    ADD CONSTRAINT streams_streamkey_broadcast_id_17b4368d_fk_streams_broadcast_id FOREIGN KEY (broadcast_id) REFERENCES public.streams_broadcast(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_streamkey
    ADD CONSTRAINT streams_streamkey_made_by_id_624d13db_fk_accounts_user_id FOREIGN KEY (made_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.streams_wordlist
    ADD CONSTRAINT streams_wordlist_host_id_9f61bf5e_fk_officials_official_id FOREIGN KEY (host_id) REFERENCES public.officials_official(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_user_id_af5e0a6d_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
