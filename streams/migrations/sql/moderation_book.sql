-- What was done to whom is not rewritten; it goes only with the person or the show it is about.
CREATE FUNCTION streams_moderation_book_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the moderation book is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'moderation_book_stays';
END $$;

CREATE TRIGGER moderation_book_stays BEFORE UPDATE ON streams_moderationaction
    FOR EACH ROW EXECUTE FUNCTION streams_moderation_book_stays();
