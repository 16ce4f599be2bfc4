-- What is asked for and what is decided counts against the payment as soon as a refund's row says
-- so, whoever writes that row. The payment's CHECK (refunds_within_payment) then refuses whatever
-- goes beyond what was paid; its row is locked by the UPDATE, so that those who race stand in line.
CREATE FUNCTION orders_refund_counts() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER orders_refund_counts
AFTER INSERT OR UPDATE OR DELETE ON orders_refund
FOR EACH ROW EXECUTE FUNCTION orders_refund_counts();
