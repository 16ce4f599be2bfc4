-- A hold is extended once, when payment starts, and says when. An order is never kept longer
-- than what it holds. Both may be shortened.
CREATE FUNCTION orders_hold_extends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.extended_at IS NOT NULL OR NEW.extended_at IS NULL THEN
        RAISE EXCEPTION 'hold % may be extended once, with the time of it', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_extends_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_hold_extends_once
BEFORE UPDATE OF expires_at, extended_at ON orders_hold
FOR EACH ROW WHEN (
    NEW.expires_at > OLD.expires_at
    OR (OLD.extended_at IS NOT NULL AND NEW.extended_at IS DISTINCT FROM OLD.extended_at)
) EXECUTE FUNCTION orders_hold_extends_once();

CREATE FUNCTION orders_order_ends_with_its_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.expires_at > (SELECT max(expires_at) FROM orders_hold WHERE order_id = NEW.id) THEN
        RAISE EXCEPTION 'order % would be kept longer than its goods', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_ends_with_its_holds';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_order_ends_with_its_holds
BEFORE UPDATE OF expires_at ON orders_order
FOR EACH ROW WHEN (NEW.state = 'placed' AND NEW.expires_at > OLD.expires_at)
EXECUTE FUNCTION orders_order_ends_with_its_holds();
