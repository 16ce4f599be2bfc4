\set buyer random(1, :buyers)
BEGIN;
INSERT INTO bench_limit (deal_id, buyer_id, quantity) VALUES (1, :buyer, 1)
ON CONFLICT (deal_id, buyer_id) DO UPDATE SET quantity = bench_limit.quantity + 1;
INSERT INTO bench_order (number, buyer_id, key, request_hash, state, currency, items_fen, freight_fen, discount_fen, total_fen, address, placed_at, expires_at)
VALUES (left(gen_random_uuid()::text, 20), :buyer, gen_random_uuid(), repeat('0', 64), 'placed', 'cny', 4800, 0, 0, 4800, '{"city": "河池市", "phone": "13800138000", "county": "凤山县", "street": "幸福路 1 号", "province": "广西壮族自治区", "recipient": "覃小满"}', now(), now() + interval '5 min') RETURNING id \gset order_
INSERT INTO bench_line (order_id, product_id, deal_id, name_zh, name_en, unit_zh, unit_en, quantity, unit_price_fen, base_price_fen, amount_fen, producer_fen, packing_fen, freight_fen)
VALUES (:order_id, 1, 1, '凤山核桃', 'Fengshan walnut', '3斤/袋', '1.5 kg bag', 1, 4800, 9600, 4800, 3200, 300, 600);
INSERT INTO bench_hold (order_id, pool_id, quantity, state, expires_at) VALUES (:order_id, 1, 1, 'held', now() + interval '5 min');
INSERT INTO bench_event (order_id, from_state, to_state, actor_id, note, at) VALUES (:order_id, '', 'placed', :buyer, '', now());
UPDATE bench_pool SET available = available - 1, held = held + 1, version = version + 1 WHERE id = 1 AND available >= 1;
COMMIT;
