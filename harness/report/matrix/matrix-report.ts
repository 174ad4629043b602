import { InputError } from '../../ground/errors.ts';
import type { Summary, Verdict } from '../../journal/journal.ts';
import { isTrusted } from '../../journal/trusted.ts';
import { type Comparison, compareRuns, type Side } from '../compare/comparison.ts';

/** What `--json` prints. */
const MATRIX_SCHEMA = 'hadrill.matrix/1';

/** A cell of a matrix, and its run. */
export interface MadeCell {
  drill: string;
  /** Of profiles, variables and images, what it has. */
  values: Readonly<Record<string, string>>;
  /** undefined: it was not made. */
  side: Side | undefined;
}

/** What the runs of a matrix say, as a serialisable object. */
export interface MatrixReport {
  schema: typeof MATRIX_SCHEMA;
  file: string;
  /** The worst of the cells. What a cell says beside another one does not count. */
  verdict: Verdict;
  /** Which of the values is compared. */
  columns?: string;
  cells: CellReport[];
}

export interface CellReport {
  drill: string;
  values: Readonly<Record<string, string>>;
  /** `unknown` where it was not made. */
  verdict: Verdict;
  /** Of its run; absent where it was not made. */
  folder?: string;
  trials: number;
  /** Those whose numbers count. */
  trusted: number;
  /** What its drill expects something of, first. */
  metric?: string;
  summary?: Summary;
  /** The first value of what is compared. */
  beside?: string;
  comparison?: Comparison;
  /** Why it stands beside nothing. */
  not_compared?: string;
}

/** @param cells in their order. @param columns which of their values is compared: with the first one. */
export function matrixReport(
  file: string,
  cells: readonly MadeCell[],
  columns: string | undefined,
): MatrixReport {
  const bases = new Map<string, MadeCell>();
  for (const cell of cells) {
    const row = rowOf(cell, columns);
    if (columns !== undefined && !bases.has(row)) bases.set(row, cell);
  }
  const reports = cells.map((cell) => cellReport(cell, bases.get(rowOf(cell, columns)), columns));
  const verdicts = reports.map(({ verdict }) => verdict);
  return {
    schema: MATRIX_SCHEMA,
    file,
    verdict: (['fail', 'unknown', 'pass'] as const).find((one) => verdicts.includes(one)) ?? 'unknown',
    ...(columns === undefined ? {} : { columns }),
    cells: reports,
  };
}

/** What cells have in common that stand beside each other. */
function rowOf({ drill, values }: MadeCell, columns: string | undefined): string {
  return JSON.stringify([drill, Object.entries(values).filter(([name]) => name !== columns)]);
}

function cellReport(cell: MadeCell, base: MadeCell | undefined, columns: string | undefined): CellReport {
  const { drill, values, side } = cell;
  if (!side) return { drill, values, verdict: 'unknown', trials: 0, trusted: 0 };
  const { journal, folder } = side;
  const metric = journal.expectations.map((one) => one.metric).find((name) => name in journal.summary);
  return {
    drill,
    values,
    verdict: journal.verdict,
    folder,
    trials: journal.trials.length,
    trusted: journal.trials.filter(isTrusted).length,
    ...(metric === undefined ? {} : { metric, summary: journal.summary[metric]! }),
    ...(base === undefined || base === cell || columns === undefined
      ? {}
      : { beside: base.values[columns]!, ...compared(base, side) }),
  };
}

function compared(base: MadeCell, side: Side): Pick<CellReport, 'comparison' | 'not_compared'> {
  if (!base.side) return { not_compared: 'the run that it stands beside was not made' };
  try {
    return { comparison: compareRuns(base.side, side) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { not_compared: error.problems.map(({ message }) => message).join('; ') };
  }
}
