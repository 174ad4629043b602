import { stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError, type InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { unusedImage } from '../topology/replace-images.ts';
import { keepNamesApart } from './distinct-names.ts';
import { type FoundDrill, findDrill } from './find-drill.ts';
import { type LoadDrillOptions, type LoadedDrill, loadDrill } from './load-drill.ts';
import { cellName, cellsOf, type MatrixCell } from './matrix-cells.ts';
import type { MatrixFile } from './matrix-file.ts';

/** A cell of a matrix with its drill, checked. */
export interface LoadedCell {
  cell: MatrixCell;
  loaded: LoadedDrill;
}

/**
 * Reads and checks the drills of all cells.
 * @param options `variables`: those that the user named beside the file.
 * @throws InputError with everything that is wrong, with file, line and column.
 */
export async function loadMatrix(
  matrix: MatrixFile,
  options: LoadDrillOptions = {},
): Promise<{ cells: LoadedCell[]; columns: string | undefined }> {
  const { cells, columns } = cellsOf(matrix);
  refuse(givenTwice(matrix, Object.keys(options.variables ?? {})));
  const loading = cells.map((cell) => loadCell(matrix, cell, options));
  const settled = await Promise.allSettled(loading);
  const problems = settled.flatMap((one) => (one.status === 'rejected' ? problemsOf(one.reason) : []));
  // What is wrong with a drill is wrong in all of its cells.
  refuse([...new Map(problems.map((one) => [JSON.stringify(one), one])).values()]);
  const loaded = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  refuse(unasked(matrix, loaded));
  keepNamesApart(loaded.map((one) => one.loaded.drill));
  return { cells: loaded, columns };
}

async function loadCell(
  matrix: MatrixFile,
  cell: MatrixCell,
  { variables = {}, ...options }: LoadDrillOptions,
): Promise<LoadedCell> {
  const { profile, images } = cell;
  const given = { ...options, images, variables: { ...variables, ...cell.variables } };
  try {
    return { cell, loaded: await loadDrill(await wayToDrill(matrix, cell), profile, given) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const position = matrix.source.positionOf(['drills', cell.drill_at]);
    const of = cellName(cell);
    // A place in another file does not say which cell brought it there.
    throw new InputError(
      error.problems.map((one) =>
        one.position
          ? { ...one, message: of ? `${one.message} (with ${of})` : one.message }
          : { ...one, position },
      ),
      { cause: error },
    );
  }
}

/**
 * The drill of a cell, which is not read.
 * @throws InputError when there is none, with its place in the matrix.
 */
export async function drillOfCell(matrix: MatrixFile, cell: MatrixCell): Promise<FoundDrill> {
  try {
    return await findDrill(await wayToDrill(matrix, cell));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const position = matrix.source.positionOf(['drills', cell.drill_at]);
    throw new InputError(
      error.problems.map(({ message }) => ({ message, position })),
      { cause: error },
    );
  }
}

/** A path of a matrix is relative to its file. */
async function wayToDrill({ file }: MatrixFile, { drill }: MatrixCell): Promise<string> {
  const beside = path.resolve(path.dirname(file), drill);
  const is_file = (await stat(beside).catch(() => undefined))?.isFile() ?? false;
  return is_file ? beside : drill;
}

/** Variables and images that no file of any cell has. */
function unasked({ content, source }: MatrixFile, loaded: readonly LoadedCell[]): InputProblem[] {
  const asked = loaded.flatMap((one) => one.loaded.asked);
  const used = loaded.flatMap((one) => one.loaded.images);
  return [
    ...Object.keys(content.variables ?? {})
      .filter((name) => !asked.includes(name))
      .map((name) => ({
        message: `no file of the drills has the variable '${name}'${didYouMean(name, asked)}`,
        position: source.positionOf(['variables', name], 'key'),
      })),
    ...Object.entries(content.images ?? {}).flatMap(([version, images]) =>
      Object.keys(images).flatMap((name) => {
        const message = unusedImage(name, used);
        const position = source.positionOf(['images', version, name], 'key');
        return message === undefined ? [] : [{ message, position }];
      }),
    ),
  ];
}

function givenTwice({ content, source }: MatrixFile, given: readonly string[]): InputProblem[] {
  return given
    .filter((name) => Object.hasOwn(content.variables ?? {}, name))
    .map((name) => ({
      message: `--var ${name}: the matrix gives its values`,
      position: source.positionOf(['variables', name], 'key'),
    }));
}

function problemsOf(error: unknown): readonly InputProblem[] {
  if (error instanceof InputError) return error.problems;
  throw error;
}

function refuse(problems: readonly InputProblem[]): void {
  if (problems.length > 0) throw new InputError(problems);
}
