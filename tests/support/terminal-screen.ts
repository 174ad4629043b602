const ESCAPE = String.fromCharCode(27);
/** A control sequence (ECMA-48): its parameters and its final character; else one character. */
const PIECE = new RegExp(`${ESCAPE}\\[([?0-9;]*)([A-Za-z])|[\\s\\S]`, 'gu');

/**
 * What a terminal of so many columns shows, scrollback and all, after this was written to it: line ends, carriage returns,
 * cursor moves, erased lines. Colours and modes are passed over. Blanks at line ends are cut, empty lines at the end too.
 * @throws Error for a sequence that it does not know.
 */
export function screenAfter(written: string, columns: number): string[] {
  const cells: string[][] = [[]];
  let [row, column] = [0, 0];
  const down = () => {
    row += 1;
    cells[row] ??= [];
  };
  const moves: Record<string, (count: number) => void> = {
    A: (count) => {
      row = Math.max(0, row - count);
    },
    B: (count) => {
      for (let step = 0; step < count; step++) down();
    },
    G: (count) => {
      column = count - 1;
    },
    K: (how) => {
      cells[row] = how === 2 ? [] : cells[row]!.slice(0, column);
    },
  };
  for (const [piece, parameters, final] of written.matchAll(PIECE)) {
    if (final !== undefined) {
      if (final === 'm' || parameters!.startsWith('?')) continue;
      const move = moves[final];
      if (!move) throw new Error(`the sequence ${JSON.stringify(piece)} is not known`);
      // Of "erase in line" none means 0, of a move 1.
      move(parameters === '' ? (final === 'K' ? 0 : 1) : Number(parameters));
    } else if (piece === '\n') down();
    else if (piece === '\r') column = 0;
    else {
      if (column >= columns) {
        down();
        column = 0;
      }
      cells[row]![column] = piece;
      column += 1;
    }
  }
  const lines = cells.map((line) =>
    Array.from(line, (cell) => cell ?? ' ')
      .join('')
      .trimEnd(),
  );
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}
