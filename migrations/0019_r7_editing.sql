-- R7: the few marks that say who has what open, so that a folder's deletion need not look at every mark.
CREATE INDEX r7_mark_editing ON r7_mark (entry_id) WHERE kind > 3;
