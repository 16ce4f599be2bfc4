-- What belongs to a practice draw goes with its rehearsal (their draws' ids are below zero). Of the
-- draws of shows nothing can be deleted, as before: the functions are the same, and refuse it.

DROP TRIGGER streams_draw_is_fixed ON streams_draw;
CREATE TRIGGER streams_draw_is_fixed BEFORE INSERT OR UPDATE ON streams_draw
    FOR EACH ROW EXECUTE FUNCTION streams_draw_is_fixed();
CREATE TRIGGER streams_draw_stays BEFORE DELETE ON streams_draw
    FOR EACH ROW WHEN (OLD.id > 0) EXECUTE FUNCTION streams_draw_is_fixed();

DROP TRIGGER streams_draw_entry_counts ON streams_drawentry;
CREATE TRIGGER streams_draw_entry_counts BEFORE INSERT OR UPDATE ON streams_drawentry
    FOR EACH ROW EXECUTE FUNCTION streams_draw_entry_counts();
CREATE TRIGGER streams_draw_entry_stays BEFORE DELETE ON streams_drawentry
    FOR EACH ROW WHEN (OLD.draw_id > 0) EXECUTE FUNCTION streams_draw_entry_counts();

DROP TRIGGER streams_draw_winner_is_the_one ON streams_drawwinner;
CREATE TRIGGER streams_draw_winner_is_the_one BEFORE INSERT OR UPDATE ON streams_drawwinner
    FOR EACH ROW EXECUTE FUNCTION streams_draw_winner_is_the_one();
CREATE TRIGGER streams_draw_winner_stays BEFORE DELETE ON streams_drawwinner
    FOR EACH ROW WHEN (OLD.draw_id > 0) EXECUTE FUNCTION streams_draw_winner_is_the_one();
