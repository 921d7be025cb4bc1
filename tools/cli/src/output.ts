/** Aligns rows under their heads; numbers to the right. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [heads, ...rows].map((row) => row.map(String));
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row, at) =>
      row
        .map((cell, column) =>
          at > 0 && typeof rows[at - 1]?.[column] === 'number'
            ? cell.padStart(widths[column] ?? 0)
            : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A run that ended with a result that is no success: the command has printed why and exits with 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
