import { type LoadedCell, loadMatrix } from '../drill/load-matrix.ts';
import { cellName } from '../drill/matrix-cells.ts';
import { readMatrix } from '../drill/matrix-file.ts';
import { connectEngine } from '../engine/connect.ts';
import { parseEngineList } from '../engine/engine-list.ts';
import { cleanLines } from '../ground/clean-text.ts';
import { ExitCode, formatProblem, InputError } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import type { Side } from '../report/compare/comparison.ts';
import { type MatrixReport, matrixReport } from '../report/matrix/matrix-report.ts';
import { matrixText } from '../report/matrix/matrix-text.ts';
import { planReport } from '../report/plan.ts';
import type { CommandContext } from './context.ts';
import { openEngines } from './open-engines.ts';
import { blockAsked, quietly, type RunCommand, refuseContradictions, runOne } from './run-one.ts';
import { screen } from './screen.ts';
import { namedVariables } from './variables.ts';

/** Makes the runs of a matrix one after the other. @returns the exit code: of the worst run. */
export async function runMatrix(
  context: CommandContext,
  options: RunCommand & { matrix: string },
): Promise<number> {
  refuseContradictions(options);
  refuseBesideMatrix(options);
  const addresses = options.engines === undefined ? undefined : parseEngineList(options.engines);
  const block = blockAsked(options);
  const spoken = options.quiet ? quietly(context) : context;
  const { cells, columns } = await loadCells(spoken, options);
  if (options.dryRun) return showPlan(context, options, cells);
  const engines = addresses ? await openEngines(addresses, spoken) : await connectEngine();
  const sides = new Map<LoadedCell, Side>();
  const report = () =>
    matrixReport(
      options.matrix,
      cells.map((one) => ({ drill: one.loaded.drill.name, values: one.cell.values, side: sides.get(one) })),
      columns,
    );
  try {
    for (const [at, one] of cells.entries()) {
      const cell = cellName(one.cell);
      spoken.say(`run ${at + 1} of ${cells.length}: ${one.loaded.drill.name}${cell ? ` with ${cell}` : ''}`);
      const own = { ...options, block, again: undefined, before: undefined, cell };
      const { journal, folder } = await runOne(spoken, engines, one.loaded, own);
      sides.set(one, { folder, journal, probes: one.loaded.drill.probes });
    }
  } catch (error) {
    // What was made is worth being seen.
    if (sides.size > 0) show(context, report(), options.json ?? false);
    throw error;
  }
  const made = report();
  show(context, made, options.json ?? false);
  return ExitCode[made.verdict];
}

function show(context: CommandContext, report: MatrixReport, json: boolean): void {
  context.out(json ? jsonText(report) : `\n${matrixText(cleanLines(report))}`);
}

/** @throws InputError for what the matrix says itself. */
function refuseBesideMatrix({ drills, replay, profile, image, baseline, keep }: RunCommand): void {
  const given = {
    [drills.join(' ')]: drills.length > 0,
    '--replay': replay !== undefined,
    '--profile': profile !== undefined,
    '--image': image !== undefined,
    '--baseline': baseline !== undefined,
    '--keep': keep === true,
  };
  const names = Object.entries(given).flatMap(([name, is_given]) => (is_given ? [name] : []));
  if (names.length > 0)
    throw new InputError(`--matrix says which runs are made: leave out ${names.join(', ')}`);
}

/** Reads the matrix and its drills. */
async function loadCells(context: CommandContext, options: RunCommand & { matrix: string }) {
  const found = await loadMatrix(await readMatrix(options.matrix), {
    allow_host_binds: options.allowHostBinds ?? false,
    strict: options.strict ?? false,
    variables: namedVariables(options.var ?? [], process.env),
    environment: process.env,
  });
  const notes = found.cells.flatMap(({ loaded: { topology, systems, variable_notes } }) => [
    ...(topology.notes ?? []),
    ...systems.notes,
    ...variable_notes,
  ]);
  for (const note of new Set(notes.map(formatProblem))) context.say(`note: ${note}`);
  return found;
}

function showPlan(context: CommandContext, options: RunCommand, cells: readonly LoadedCell[]): number {
  const { trials, seed } = options;
  const plans = cells.map(({ cell, loaded }) => ({
    values: cell.values,
    ...planReport(loaded, { trials, seed, width: screen().width }),
  }));
  const text = plans.map((one, at) => `${cellName(cells[at]!.cell) ?? 'the only run of it'}:\n${one.text}`);
  context.out(
    options.json ? jsonText(plans.map(({ values, plan }) => ({ values, ...plan }))) : text.join('\n'),
  );
  return ExitCode.pass;
}
