-- Every transaction has at least two entries and sums to zero in each currency, at the latest
-- when it commits. What is written stays: a correction is a new transaction.
CREATE FUNCTION orders_ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER orders_transaction_balances
AFTER INSERT ON orders_transaction DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION orders_ledger_balances();
CREATE CONSTRAINT TRIGGER orders_entry_balances
AFTER INSERT ON orders_entry DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION orders_ledger_balances();

CREATE FUNCTION orders_ledger_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Emptying a whole demo or test database asks for it by name.
    IF TG_OP = 'TRUNCATE'
       AND coalesce(current_setting('livecommerce.allow_truncate', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_append_only';
END $$;
CREATE TRIGGER orders_transaction_stays
BEFORE UPDATE OR DELETE OR TRUNCATE ON orders_transaction
FOR EACH STATEMENT EXECUTE FUNCTION orders_ledger_stays();
CREATE TRIGGER orders_entry_stays
BEFORE UPDATE OR DELETE OR TRUNCATE ON orders_entry
FOR EACH STATEMENT EXECUTE FUNCTION orders_ledger_stays();
