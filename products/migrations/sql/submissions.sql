-- Nobody checks or approves their own goods, whoever submitted them for them: the CHECKs of the
-- table know who submitted, this knows whose goods they are.
CREATE FUNCTION products_submission_is_judged_by_others() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER products_submission_is_judged_by_others
BEFORE INSERT OR UPDATE ON products_submission
FOR EACH ROW EXECUTE FUNCTION products_submission_is_judged_by_others();
