-- What was asked stays as it was asked; who comes late is late; the last count is the database's.
CREATE FUNCTION streams_poll_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.public_id, NEW.broadcast_id, NEW.key, NEW.question, NEW.choices, NEW.opened_by_id,
        NEW.opened_at, NEW.media_start_ms)
       IS DISTINCT FROM
       (OLD.public_id, OLD.broadcast_id, OLD.key, OLD.question, OLD.choices, OLD.opened_by_id,
        OLD.opened_at, OLD.media_start_ms)
       OR (OLD.state = 'closed' AND (NEW.state, NEW.tally, NEW.closed_at, NEW.media_end_ms)
           IS DISTINCT FROM (OLD.state, OLD.tally, OLD.closed_at, OLD.media_end_ms))
    THEN
        RAISE EXCEPTION 'poll % stays as it is', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'poll_stays';
    END IF;
    IF NEW.state = 'closed' AND OLD.state = 'open' THEN
        PERFORM 1 FROM streams_poll WHERE id = NEW.id FOR UPDATE;  -- waits for votes on their way
        SELECT jsonb_agg(coalesce(given.n, 0) ORDER BY place) INTO NEW.tally
          FROM generate_series(0, jsonb_array_length(NEW.choices) - 1) AS place
          LEFT JOIN (SELECT choice, count(*) AS n FROM streams_pollvote
                      WHERE poll_id = NEW.id GROUP BY choice) AS given ON given.choice = place;
        NEW.closed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER streams_poll_is_fixed BEFORE UPDATE ON streams_poll
    FOR EACH ROW EXECUTE FUNCTION streams_poll_is_fixed();

CREATE FUNCTION streams_poll_vote_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    poll record;
BEGIN
    SELECT state, closes_at, jsonb_array_length(choices) AS n INTO poll
      FROM streams_poll WHERE id = NEW.poll_id FOR KEY SHARE;
    IF poll.state IS DISTINCT FROM 'open' OR clock_timestamp() >= poll.closes_at THEN
        RAISE EXCEPTION 'poll % is closed', NEW.poll_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'poll_closed';
    END IF;
    IF NEW.choice < 0 OR NEW.choice >= poll.n OR (TG_OP = 'UPDATE' AND
        (NEW.poll_id, NEW.user_id) IS DISTINCT FROM (OLD.poll_id, OLD.user_id))
    THEN
        RAISE EXCEPTION 'poll % has no such choice', NEW.poll_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'poll_choice';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER streams_poll_vote_counts BEFORE INSERT OR UPDATE ON streams_pollvote
    FOR EACH ROW EXECUTE FUNCTION streams_poll_vote_counts();
