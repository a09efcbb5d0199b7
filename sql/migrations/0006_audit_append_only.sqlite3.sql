-- Records are added and never touched again, not even by mistake of our own.
CREATE TRIGGER audit_records_kept BEFORE UPDATE ON audit_records BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_records_stay BEFORE DELETE ON audit_records BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
