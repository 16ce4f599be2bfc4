"""Everything that a database's own catalogue says of its schema, in lines that can be compared."""

import re

_ASK = {
    "extension": "SELECT extname FROM pg_extension",
    "column": """
        SELECT format('%s %s %s %s%s default %s identity %s', attrelid::regclass, attnum, attname,
               format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN ' not null' END,
               pg_get_expr(adbin, adrelid), nullif(attidentity, ''))
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
          AND attnum > 0 AND NOT attisdropped""",
    "constraint": """
        SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "index": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "sequence": """
        SELECT format('%s %s from %s by %s, %s to %s', seqrelid::regclass, seqtypid::regtype,
               seqstart, seqincrement, seqmin, seqmax) FROM pg_sequence""",
    "function": """
        SELECT pg_get_functiondef(pg_proc.oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p') AND NOT EXISTS (
              SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')""",
    "trigger": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}


def describe(cursor):
    """A dropped column leaves a gap in the numbers, so columns are counted anew for each table."""
    lines = []
    for kind, question in _ASK.items():
        cursor.execute(question)
        lines += [f"{kind} {line}" for (line,) in cursor.fetchall()]
    return _without_gaps(sorted(map(_plain, lines)))


def _plain(line):
    """A rule made anew from pg_dump's text is told with other casts and brackets than at first."""
    if line.startswith(("constraint ", "index ", "trigger ")):
        line = re.sub(r"::(text|character varying)\b(\[\])?|[()\[\]]", "", line)
    return line


def _without_gaps(lines):
    def place(line):
        _, table, number, _ = line.split(" ", 3)
        return table, int(number)

    columns = sorted((line for line in lines if line.startswith("column ")), key=place)
    counted, last = [], {}
    for line in columns:
        kind, table, _, rest = line.split(" ", 3)
        last[table] = last.get(table, 0) + 1
        counted.append(f"{kind} {table} {last[table]} {rest}")
    return sorted([*(line for line in lines if not line.startswith("column ")), *counted])
