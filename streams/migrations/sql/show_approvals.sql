-- No show goes live before it is approved, and nobody approves a show of their own: the table's
-- CHECK knows who proposed it, this knows its host. A show without a row was planned before there
-- were approvals, or by the demo.
CREATE FUNCTION streams_show_is_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM streams_showapproval
        WHERE broadcast_id = NEW.id AND state <> 'approved'
    ) THEN
        RAISE EXCEPTION 'show % is not approved', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'show_not_approved';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER streams_show_is_approved
BEFORE UPDATE OF state ON streams_broadcast
FOR EACH ROW WHEN (NEW.state = 'live' AND OLD.state <> 'live')
EXECUTE FUNCTION streams_show_is_approved();

CREATE FUNCTION streams_show_approval_is_fair() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state ELSE 'draft' END;
BEGIN
    IF was <> NEW.state AND NOT (CASE was
        WHEN 'draft' THEN NEW.state = 'proposed'
        WHEN 'proposed' THEN NEW.state IN ('approved', 'draft')
        ELSE NEW.state = 'draft'
    END) THEN
        RAISE EXCEPTION 'approval %: % does not follow %', NEW.id, NEW.state, was
            USING ERRCODE = 'check_violation', CONSTRAINT = 'show_approval_state';
    END IF;
    IF NEW.state <> 'approved' OR was = 'approved' THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT 1 FROM streams_broadcast show
        JOIN officials_official host ON host.id = show.host_id
        WHERE show.id = NEW.broadcast_id AND host.user_id = NEW.decided_by_id
    ) THEN
        RAISE EXCEPTION 'approval %: a show of one''s own', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'show_of_ones_own';
    END IF;
    IF EXISTS (
        SELECT 1 FROM streams_shelfitem item
        JOIN products_product product ON product.id = item.product_id
        WHERE item.broadcast_id = NEW.broadcast_id AND NOT EXISTS (
            SELECT 1 FROM streams_declaration said
            WHERE said.broadcast_id = NEW.broadcast_id AND said.producer_id = product.producer_id
        )
    ) THEN
        RAISE EXCEPTION 'approval %: a producer without a declaration', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'show_declared';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER streams_show_approval_is_fair
BEFORE INSERT OR UPDATE ON streams_showapproval
FOR EACH ROW EXECUTE FUNCTION streams_show_approval_is_fair();
