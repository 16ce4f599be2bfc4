-- A segment starts a flash sale of its own show, never another's.
CREATE FUNCTION streams_segment_keeps_to_its_show() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.flash_sale_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM streams_flashsale
        WHERE id = NEW.flash_sale_id AND broadcast_id = NEW.broadcast_id)
    THEN
        RAISE EXCEPTION 'segment %: flash sale % is of another show', NEW.id, NEW.flash_sale_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'segment_flash_of_its_show';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER streams_segment_keeps_to_its_show
BEFORE INSERT OR UPDATE OF flash_sale_id, broadcast_id ON streams_segment
FOR EACH ROW EXECUTE FUNCTION streams_segment_keeps_to_its_show();
