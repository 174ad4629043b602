import { InputError, type InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { isSecretName } from '../ground/secret-names.ts';
import { imageProblem } from '../topology/container-words.ts';
import type { ImageChoice } from '../topology/replace-images.ts';
import type { YamlPath } from '../topology/yaml-path.ts';
import type { MatrixFile } from './matrix-file.ts';

/** More would not be made in a week. */
const MOST_CELLS = 1000;

/** One of the runs of a matrix. */
export interface MatrixCell {
  /** As the file has it. */
  drill: string;
  /** Which of the file's drills, from 0 on. */
  drill_at: number;
  /** The drill's own where it is left out. */
  profile: string | undefined;
  variables: Readonly<Record<string, string>>;
  images: ImageChoice;
  /** What it has of `profiles`, of each variable and of `images`, in this order, as far as the file has them. */
  values: Readonly<Record<string, string>>;
}

/** The cells of a matrix, and what is compared. */
export interface Matrix {
  cells: readonly MatrixCell[];
  /** Which of the values makes the columns; undefined where no cell differs from another in more than its drill. */
  columns: string | undefined;
}

/**
 * All combinations, those that are compared with each other one after the other.
 * @throws InputError with everything that is wrong, each with file, line and column.
 */
export function cellsOf(matrix: MatrixFile): Matrix {
  const { content } = matrix;
  const axes = axesOf(matrix);
  const several = axes.filter(([, values]) => values.length > 1).map(([name]) => name);
  const columns = content.columns ?? several.at(-1);
  const problems = problemsOf(matrix, axes);
  if (problems.length > 0) throw new InputError(problems);
  // The last axis changes first.
  const ordered = [
    ...axes.filter(([name]) => name !== columns),
    ...axes.filter(([name]) => name === columns),
  ];
  const cells = content.drills.flatMap((drill, drill_at) =>
    combinations(ordered).map((values): MatrixCell => {
      const { profiles: profile, images: version, ...variables } = values;
      const images = version === undefined ? {} : content.images![version]!;
      return { drill, drill_at, profile, variables, images, values: inOrder(values, axes) };
    }),
  );
  return { cells, columns };
}

/** What cells may differ in, beside the drill, and the values that it takes. */
type Axis = readonly [name: string, values: readonly string[]];

function axesOf({ content }: MatrixFile): Axis[] {
  const { profiles, variables = {}, images } = content;
  return [
    ...(profiles ? [['profiles', profiles] as const] : []),
    ...Object.entries(variables),
    ...(images ? [['images', Object.keys(images)] as const] : []),
  ];
}

function problemsOf({ content, source }: MatrixFile, axes: readonly Axis[]): InputProblem[] {
  const at = (path: YamlPath, message: string, part?: 'key'): InputProblem => ({
    message,
    position: source.positionOf(path, part),
  });
  const { drills, variables = {}, images = {}, columns } = content;
  const images_given = content.images !== undefined;
  const names = axes.map(([name]) => name);
  const count = axes.reduce((product, [, values]) => product * values.length, drills.length);
  return [
    ...[['drills', drills] as const, ...axes].flatMap(([name, values]) => {
      const twice = values.find((value, place) => values.indexOf(value) !== place);
      const path = Object.hasOwn(variables, name) ? ['variables', name] : [name];
      return twice === undefined ? [] : [at(path, `'${twice}' is there twice in '${name}'`)];
    }),
    ...Object.keys(variables)
      .filter((name) => isSecretName(name))
      .map((name) =>
        at(['variables', name], `'${name}' is a secret by its name: give it with --var ${name}`, 'key'),
      ),
    ...Object.keys(variables)
      .filter((name) => name === 'profiles' || name === 'images')
      .map((name) =>
        at(['variables', name], `'${name}' cannot be a variable of a matrix: it is a word of its own`, 'key'),
      ),
    ...Object.entries(images).flatMap(([version, own]) =>
      Object.entries(own).flatMap(([image, other]) => {
        const wrong = imageProblem(other);
        return wrong === undefined ? [] : [at(['images', version, image], wrong)];
      }),
    ),
    ...(columns === undefined || names.includes(columns)
      ? []
      : [at(['columns'], unknownColumns(columns, names))]),
    ...(images_given && Object.keys(images).length === 0
      ? [at(['images'], "'images' names no version: leave it out, or name one", 'key')]
      : []),
    ...(count > MOST_CELLS
      ? [at(['drills'], `${count} runs are more than ${MOST_CELLS}: make several matrices`, 'key')]
      : []),
  ];
}

/** What a run of a cell notes of it, for people; undefined where nothing but the drill tells it from others. */
export function cellName({ values }: MatrixCell): string | undefined {
  const words = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? undefined : words.join(', ');
}

function combinations(axes: readonly Axis[]): Record<string, string>[] {
  return axes.reduce<Record<string, string>[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

function inOrder(values: Readonly<Record<string, string>>, axes: readonly Axis[]): Record<string, string> {
  return Object.fromEntries(axes.map(([name]) => [name, values[name]!]));
}

function unknownColumns(columns: string, names: readonly string[]): string {
  const there = names.length > 0 ? `; there are ${names.join(', ')}` : '';
  return `'${columns}' cannot be compared: the file does not give values for it${didYouMean(columns, names)}${there}`;
}
