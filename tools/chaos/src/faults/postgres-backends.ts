import pg from 'pg';

/** Ends every connection of a database but this one, in the middle of whatever it does (R33). Answers whether any was ended. */
export async function terminateBackends(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ ended: number }>(
      `SELECT count(pg_terminate_backend(pid))::int AS ended FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    return (rows[0]?.ended ?? 0) > 0;
  } catch (error) {
    // The server is just being restarted by another fault.
    if (error instanceof Error && ('code' in error || /terminated|ECONNREFUSED/.test(error.message))) return false;
    throw error;
  } finally {
    await client.end().catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
    });
  }
}
