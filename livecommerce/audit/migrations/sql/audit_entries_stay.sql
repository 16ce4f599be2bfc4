-- What was written stays as it was written. Rows go only by age: the sweep asks for it by name
-- (livecommerce.allow_retention), and even then nothing younger than three years goes.
CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER audit_entries_stay
BEFORE UPDATE OR DELETE ON audit_auditentry
FOR EACH ROW EXECUTE FUNCTION audit_entries_stay();
CREATE TRIGGER audit_entries_are_not_emptied
BEFORE TRUNCATE ON audit_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay();
