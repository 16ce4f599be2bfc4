-- Backwards: nothing of any draw can be deleted.

DROP TRIGGER streams_draw_stays ON streams_draw;
DROP TRIGGER streams_draw_is_fixed ON streams_draw;
CREATE TRIGGER streams_draw_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON streams_draw
    FOR EACH ROW EXECUTE FUNCTION streams_draw_is_fixed();

DROP TRIGGER streams_draw_entry_stays ON streams_drawentry;
DROP TRIGGER streams_draw_entry_counts ON streams_drawentry;
CREATE TRIGGER streams_draw_entry_counts BEFORE INSERT OR UPDATE OR DELETE ON streams_drawentry
    FOR EACH ROW EXECUTE FUNCTION streams_draw_entry_counts();

DROP TRIGGER streams_draw_winner_stays ON streams_drawwinner;
DROP TRIGGER streams_draw_winner_is_the_one ON streams_drawwinner;
CREATE TRIGGER streams_draw_winner_is_the_one BEFORE INSERT OR UPDATE OR DELETE
    ON streams_drawwinner FOR EACH ROW EXECUTE FUNCTION streams_draw_winner_is_the_one();
