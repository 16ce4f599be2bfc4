-- Behind checkout's own check: no counter grows past its deal's limit, whoever writes it. A
-- limit that is lowered later leaves what was bought before as it is.
CREATE FUNCTION orders_limit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER orders_limit_is_kept_at_first
AFTER INSERT ON orders_limitcounter REFERENCING NEW TABLE AS grown
FOR EACH STATEMENT EXECUTE FUNCTION orders_limit_is_kept();

CREATE FUNCTION orders_limit_is_kept_later() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER orders_limit_is_kept_later
AFTER UPDATE ON orders_limitcounter REFERENCING OLD TABLE AS was NEW TABLE AS grown
FOR EACH STATEMENT EXECUTE FUNCTION orders_limit_is_kept_later();
