-- A flash sale is started with what was approved and nothing else, whoever writes the row; and it
-- is approved only if its price keeps the festival's rule as far as prices are known by then. (At
-- its start the deal's own trigger judges it again by what is known at that moment.)
CREATE FUNCTION streams_flash_sale_is_honest() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER streams_flash_sale_is_honest
BEFORE INSERT OR UPDATE ON streams_flashsale
FOR EACH ROW EXECUTE FUNCTION streams_flash_sale_is_honest();
