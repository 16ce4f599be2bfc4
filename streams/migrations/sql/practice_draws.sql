-- Practice draws, those of rehearsals (their ids are below zero): the same rules as for all draws,
-- but entries of the played crowd count, which are of nobody, and whoever is drawn gets nothing: no
-- deadline, no address (`no_prize_in_a_rehearsal`). For the draws of shows nothing is changed.

CREATE OR REPLACE FUNCTION streams_draw_entry_counts() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.user_id IS NULL AND NOT (NEW.draw_id < 0 AND NEW.device ~ '^x[0-9]+$') THEN
        RAISE EXCEPTION 'an entry is of somebody'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_entries_stay';
    END IF;
    NEW.entered_at := now_;
    NEW.mark := encode(sha256(convert_to(
        concat_ws(':', draw.public_id, coalesce(NEW.user_id::text, NEW.device), NEW.nonce), 'UTF8')), 'hex');
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION streams_draw_winner_is_the_one() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF draw.state IS DISTINCT FROM 'drawn' OR NEW.address <> '{}'::jsonb
        OR NEW.state <> (CASE WHEN NEW.draw_id < 0 THEN 'practice' ELSE 'told' END)
    THEN
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
    NEW.deadline := CASE WHEN NEW.draw_id > 0 THEN NEW.told_at + interval '48 hours' END;
    RETURN NEW;
END $$;
