"""The security trail is never changed: the database itself refuses UPDATE and DELETE, whoever asks."""

from django.db import migrations

CREATE = """
CREATE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'security events are append-only'
        USING ERRCODE = 'integrity_constraint_violation',
              DETAIL = format('%s of event %s', TG_OP, OLD.id);
END
$$;
CREATE TRIGGER security_event_append_only BEFORE UPDATE OR DELETE ON accounts_securityevent
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
"""
DROP = """
DROP TRIGGER security_event_append_only ON accounts_securityevent;
DROP FUNCTION accounts_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_security")]

    operations = [migrations.RunSQL(CREATE, DROP)]
