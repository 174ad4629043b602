import { findShards } from '../drill/find-shards.ts';
import { drillOfCell } from '../drill/load-matrix.ts';
import { cellName, cellsOf } from '../drill/matrix-cells.ts';
import { readMatrix } from '../drill/matrix-file.ts';
import { mergeShards, missingTrials } from '../drill/merge-shards.ts';
import { cleanLines } from '../ground/clean-text.ts';
import { ExitCode } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import type { Side } from '../report/compare/comparison.ts';
import { journalJson, wholeJournal } from '../report/journal-json.ts';
import { type MatrixReport, matrixReport } from '../report/matrix/matrix-report.ts';
import { matrixText } from '../report/matrix/matrix-text.ts';
import { terminalReport } from '../report/terminal.ts';
import { pageSentence } from '../report/write-page.ts';
import type { Command, CommandContext } from './context.ts';
import { screen } from './screen.ts';

interface MergeOptions {
  folders: string[];
  out: string;
  /** File of the matrix that the runs are of. */
  matrix?: string;
  json?: boolean;
}

/** Puts the shards of runs together, those of each drill, profile and cell of a matrix by themselves. */
export const merge: Command<MergeOptions> = async (context, { folders, out, matrix, json = false }) => {
  const wanted = matrix === undefined ? undefined : await cellsWanted(matrix);
  const sides: Side[] = [];
  for (const shards of await findShards(folders)) {
    const { journal, folder } = await mergeShards(shards, out);
    sides.push({ journal, folder, probes: shards[0]!.run.probes });
    if (!json) context.out(terminalReport(journal, screen()));
    const missing = missingTrials(journal);
    if (missing !== undefined) context.say(`${journal.drill}: ${missing}`);
    context.say(`records: ${folder}`);
    context.say(await pageSentence(folder, journal));
  }
  const report = wanted && reportOf(wanted, sides);
  if (report) context.out(json ? jsonText(report) : `\n${matrixText(cleanLines(report))}`);
  else if (json) await writeJournals(context, sides);
  const verdicts = [...sides.map(({ journal }) => journal.verdict), ...(report ? [report.verdict] : [])];
  const worst =
    (['fail', 'unknown', 'pass'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'unknown';
  return ExitCode[worst];
};

async function writeJournals(context: CommandContext, sides: readonly Side[]): Promise<void> {
  const [only] = sides;
  if (!only || sides.length > 1) {
    context.out(jsonText(sides.map(({ journal }) => wholeJournal(journal))));
    return;
  }
  // A reader who stops wants no further piece.
  for (const piece of journalJson(only.journal)) if (!(await context.out(piece))) return;
}

interface WantedCells {
  file: string;
  columns: string | undefined;
  cells: readonly { drill: string; cell: string | undefined; values: Readonly<Record<string, string>> }[];
}

/** What the file of a matrix wants. Its drills are not read: their runs are there. */
async function cellsWanted(file: string): Promise<WantedCells> {
  const matrix = await readMatrix(file);
  const { cells, columns } = cellsOf(matrix);
  const found = cells.map(async (cell) => {
    const { name } = await drillOfCell(matrix, cell);
    return { drill: name, cell: cellName(cell), values: cell.values };
  });
  return { file, columns, cells: await Promise.all(found) };
}

function reportOf({ file, columns, cells }: WantedCells, sides: readonly Side[]): MatrixReport {
  const made = cells.map(({ drill, cell, values }) => {
    const side = sides.find(({ journal }) => journal.drill === drill && journal.command?.cell === cell);
    return { drill, values, side };
  });
  return matrixReport(file, made, columns);
}
