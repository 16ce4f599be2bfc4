-- Whether somebody's face may be shown is theirs to say, and what was said when stays in the book.
CREATE FUNCTION streams_portrait_consent_is_theirs() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER streams_portrait_consent_is_theirs BEFORE INSERT OR UPDATE
    ON streams_portraitconsent FOR EACH ROW EXECUTE FUNCTION streams_portrait_consent_is_theirs();
