-- Lucky draws that nobody can bend: not the host, not the code, not a hand in psql. docs/draws.md
-- says what each of these rules is good for.

-- An entry's place in the order. As plain as can be, so that anybody can work it out with any tool:
-- SHA-256 of "draw-v1|seed|draw|terms|entries|beacon|mark"; the smallest wins.
CREATE FUNCTION streams_draw_key(
    seed text, draw text, terms text, entries text, beacon text, mark text
) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(
        concat_ws('|', 'draw-v1', seed, draw, terms, entries, beacon, mark), 'UTF8')), 'hex')
$$;

CREATE FUNCTION streams_draw_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
    now_ timestamptz := clock_timestamp();
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state IN ('planned', 'withdrawn') THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'draw % was opened and stays', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_stays';
    END IF;

    IF was IS DISTINCT FROM NEW.state AND NOT coalesce(CASE was
        WHEN 'planned' THEN NEW.state IN ('open', 'withdrawn')
        WHEN 'open' THEN NEW.state = 'closed'
        WHEN 'closed' THEN NEW.state = 'drawn'
    END, was IS NULL AND NEW.state = 'planned') THEN
        RAISE EXCEPTION 'draw %: % does not follow %', NEW.id, NEW.state, was
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_state';
    END IF;

    IF TG_OP = 'UPDATE' AND (
        NEW.public_id, NEW.broadcast_id, NEW.key, NEW.prize_zh, NEW.prize_en, NEW.prize_fen,
        NEW.places, NEW.must_follow, NEW.passphrase, NEW.min_minutes, NEW.entry_seconds,
        NEW.if_unclaimed, NEW.terms_hash, NEW.planned_by_id, NEW.planned_at)
        IS DISTINCT FROM (
        OLD.public_id, OLD.broadcast_id, OLD.key, OLD.prize_zh, OLD.prize_en, OLD.prize_fen,
        OLD.places, OLD.must_follow, OLD.passphrase, OLD.min_minutes, OLD.entry_seconds,
        OLD.if_unclaimed, OLD.terms_hash, OLD.planned_by_id, OLD.planned_at)
    THEN
        RAISE EXCEPTION 'draw % keeps its terms', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_keeps_its_terms';
    END IF;

    -- The commitment stands before the first entry, and stays.
    IF NEW.state = 'open' AND was = 'planned' THEN
        IF NOT coalesce(
            NEW.seed_hash ~ '^[0-9a-f]{64}$' AND NEW.seed_sealed <> ''
            AND NEW.opened_by_id IS NOT NULL
            AND NEW.announced_at BETWEEN now_ - interval '30 seconds' AND now_ + interval '1 second'
            AND NEW.opens_at >= NEW.announced_at + interval '3 seconds'
            AND NEW.closes_at = NEW.opens_at + make_interval(secs => NEW.entry_seconds)
            AND (NEW.beacon_round IS NULL OR NEW.beacon_round > 0), false)
        THEN
            RAISE EXCEPTION 'draw % is not opened as it was planned', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_opened_as_planned';
        END IF;
    ELSIF (TG_OP = 'INSERT' AND (NEW.seed_hash <> '' OR NEW.seed_sealed <> ''))
        OR (TG_OP = 'UPDATE' AND (
        NEW.seed_hash, NEW.seed_sealed, NEW.opened_by_id, NEW.announced_at, NEW.opens_at,
        NEW.closes_at, NEW.beacon_round, NEW.media_start_ms)
        IS DISTINCT FROM (
        OLD.seed_hash, OLD.seed_sealed, OLD.opened_by_id, OLD.announced_at, OLD.opens_at,
        OLD.closes_at, OLD.beacon_round, OLD.media_start_ms))
    THEN
        RAISE EXCEPTION 'draw % keeps its commitment', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_keeps_its_commitment';
    END IF;

    -- The list closes at its time, not a moment earlier. Entries on their way hold FOR KEY SHARE of
    -- this row: they are waited for, and whoever comes later finds it closed.
    IF NEW.state = 'closed' AND was = 'open' THEN
        IF now_ < NEW.closes_at THEN
            RAISE EXCEPTION 'draw % is open until its time', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_not_over';
        END IF;
        PERFORM 1 FROM streams_draw WHERE id = NEW.id FOR UPDATE;
        SELECT count(*),
               encode(sha256(convert_to(
                   coalesce(string_agg(mark, E'\n' ORDER BY mark COLLATE "C"), ''), 'UTF8')), 'hex')
          INTO NEW.entries_count, NEW.entries_hash
          FROM streams_drawentry WHERE draw_id = NEW.id;
        NEW.closed_at := clock_timestamp();
    ELSIF (TG_OP = 'INSERT' AND NEW.entries_hash <> '')
        OR (TG_OP = 'UPDATE' AND (NEW.entries_count, NEW.entries_hash, NEW.closed_at)
            IS DISTINCT FROM (OLD.entries_count, OLD.entries_hash, OLD.closed_at))
    THEN
        RAISE EXCEPTION 'draw % keeps its list', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_keeps_its_list';
    END IF;

    -- What is revealed is what was committed to.
    IF NEW.state = 'drawn' AND was = 'closed' THEN
        IF encode(sha256(convert_to(NEW.seed, 'UTF8')), 'hex') <> NEW.seed_hash
            OR NEW.seed !~ '^[0-9a-f]{64}$'
            OR (NEW.beacon_round IS NULL) <> (NEW.beacon_value = '')
            OR (NEW.beacon_value <> '' AND NEW.beacon_value !~ '^[0-9a-f]{64}$')
        THEN
            RAISE EXCEPTION 'draw %: this is not the seed that was committed to', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_reveals_its_seed';
        END IF;
        NEW.drawn_at := clock_timestamp();
    ELSIF (TG_OP = 'INSERT' AND (NEW.seed <> '' OR NEW.beacon_value <> ''))
        OR (TG_OP = 'UPDATE' AND (
        NEW.seed, NEW.beacon_value, NEW.beacon_signature, NEW.drawn_at, NEW.media_end_ms)
        IS DISTINCT FROM (
        OLD.seed, OLD.beacon_value, OLD.beacon_signature, OLD.drawn_at, OLD.media_end_ms))
    THEN
        RAISE EXCEPTION 'draw % keeps its result', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_keeps_its_result';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER streams_draw_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON streams_draw
    FOR EACH ROW EXECUTE FUNCTION streams_draw_is_fixed();


CREATE FUNCTION streams_draw_entry_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    draw record;
    now_ timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- An account that is deleted leaves its mark and nothing else.
        IF NEW.user_id IS NULL AND (NEW.id, NEW.draw_id, NEW.nonce, NEW.mark, NEW.entered_at)
            IS NOT DISTINCT FROM (OLD.id, OLD.draw_id, OLD.nonce, OLD.mark, OLD.entered_at)
            AND NEW.device IN ('', OLD.device)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'entries of a draw stay as they are'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_entries_stay';
    END IF;
    SELECT public_id, state, opens_at, closes_at INTO draw
      FROM streams_draw WHERE id = NEW.draw_id FOR KEY SHARE;
    now_ := clock_timestamp();
    IF draw.state IS DISTINCT FROM 'open' OR now_ < draw.opens_at OR now_ >= draw.closes_at THEN
        RAISE EXCEPTION 'draw % takes no entries now', NEW.draw_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_not_open';
    END IF;
    IF NEW.user_id IS NULL THEN
        RAISE EXCEPTION 'an entry is of somebody'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_entries_stay';
    END IF;
    NEW.entered_at := now_;
    NEW.mark := encode(sha256(convert_to(
        concat_ws(':', draw.public_id, NEW.user_id::text, NEW.nonce), 'UTF8')), 'hex');
    RETURN NEW;
END $$;
CREATE TRIGGER streams_draw_entry_counts BEFORE INSERT OR UPDATE OR DELETE ON streams_drawentry
    FOR EACH ROW EXECUTE FUNCTION streams_draw_entry_counts();


CREATE FUNCTION streams_draw_winner_is_the_one() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    draw streams_draw%ROWTYPE;
    mark text;
    better bigint;
    known bigint;
    taken bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'winners stay'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_winners_stay';
    END IF;

    IF TG_OP = 'UPDATE' THEN
        IF (NEW.draw_id, NEW.entry_id, NEW.rank, NEW.key, NEW.told_at, NEW.deadline)
            IS DISTINCT FROM
            (OLD.draw_id, OLD.entry_id, OLD.rank, OLD.key, OLD.told_at, OLD.deadline)
            OR NOT coalesce(NEW.state = OLD.state OR CASE OLD.state
                WHEN 'told' THEN (NEW.state = 'claimed' AND clock_timestamp() <= OLD.deadline)
                    OR (NEW.state = 'lapsed'
                        AND (clock_timestamp() > OLD.deadline OR NEW.declined_at IS NOT NULL))
                WHEN 'claimed' THEN NEW.state = 'sent'
            END, false)
        THEN
            RAISE EXCEPTION 'winner % of draw % stays', NEW.rank, NEW.draw_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_winners_stay';
        END IF;
        RETURN NEW;
    END IF;

    SELECT * INTO draw FROM streams_draw WHERE id = NEW.draw_id FOR KEY SHARE;
    IF draw.state IS DISTINCT FROM 'drawn' OR NEW.state <> 'told' OR NEW.address <> '{}'::jsonb THEN
        RAISE EXCEPTION 'draw % has no winners yet', NEW.draw_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_winners_stay';
    END IF;
    SELECT e.mark INTO mark FROM streams_drawentry e
     WHERE e.id = NEW.entry_id AND e.draw_id = NEW.draw_id;
    NEW.key := streams_draw_key(
        draw.seed, draw.public_id, draw.terms_hash, draw.entries_hash, draw.beacon_value, mark);
    SELECT count(*) INTO better FROM streams_drawentry e
     WHERE e.draw_id = NEW.draw_id AND streams_draw_key(
        draw.seed, draw.public_id, draw.terms_hash, draw.entries_hash, draw.beacon_value, e.mark
     ) COLLATE "C" < NEW.key COLLATE "C";
    SELECT count(*), count(*) FILTER (WHERE state <> 'lapsed') INTO known, taken
      FROM streams_drawwinner WHERE draw_id = NEW.draw_id;
    IF mark IS NULL OR NEW.rank <> better + 1 OR NEW.rank <> known + 1 THEN
        RAISE EXCEPTION 'draw %: not the one whose turn it is', NEW.draw_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_rank';
    END IF;
    IF taken >= draw.places OR (known >= draw.places AND (
        draw.if_unclaimed <> 'next' OR NEW.rank > draw.places * 4))
    THEN
        RAISE EXCEPTION 'draw %: no prize is left for rank %', NEW.draw_id, NEW.rank
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_rank';
    END IF;
    NEW.told_at := clock_timestamp();
    NEW.deadline := NEW.told_at + interval '48 hours';
    RETURN NEW;
END $$;
CREATE TRIGGER streams_draw_winner_is_the_one BEFORE INSERT OR UPDATE OR DELETE
    ON streams_drawwinner FOR EACH ROW EXECUTE FUNCTION streams_draw_winner_is_the_one();
