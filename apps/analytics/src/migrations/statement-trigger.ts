/** A trigger function that runs the statements. */
export const counting = (name: string, ...statements: readonly string[]): string =>
  `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $body$
   BEGIN
     ${statements.join(';\n')};
     RETURN NULL;
   END $body$`;
/** Calls it once per statement, with the rows that the statement wrote as `fresh`. */
export const trigger = (table: string, event: 'INSERT' | 'UPDATE', name: string): string =>
  `CREATE TRIGGER ${name} AFTER ${event} ON ${table}
   REFERENCING NEW TABLE AS fresh${event === 'UPDATE' ? ' OLD TABLE AS stale' : ''}
   FOR EACH STATEMENT EXECUTE FUNCTION ${name}()`;
