-- A coupon's uses, counted where nobody can forget it: every use that holds or has bought
-- something takes one of the coupon's and one of the person's, under the coupon's own lock.
CREATE FUNCTION orders_coupon_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER orders_coupon_is_counted
BEFORE INSERT OR DELETE OR UPDATE OF state ON orders_couponuse
FOR EACH ROW EXECUTE FUNCTION orders_coupon_is_counted();

CREATE FUNCTION orders_coupon_use_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a use stays with its coupon, buyer and order'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'coupon_use_stays';
END $$;
CREATE TRIGGER orders_coupon_use_stays
BEFORE UPDATE OF coupon_id, buyer_id, order_id, discount_fen ON orders_couponuse
FOR EACH ROW WHEN (
    (OLD.coupon_id, OLD.buyer_id, OLD.order_id, OLD.discount_fen)
    IS DISTINCT FROM (NEW.coupon_id, NEW.buyer_id, NEW.order_id, NEW.discount_fen)
) EXECUTE FUNCTION orders_coupon_use_stays();
