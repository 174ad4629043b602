import { formatPosition, type InputProblem } from '../ground/errors.ts';

/** Members share their files, so each problem is found once for each; file by file, from top to bottom. */
export function distinctProblems(problems: readonly InputProblem[]): InputProblem[] {
  const byText = new Map(
    problems.map(({ message, position }) => [
      `${position ? formatPosition(position) : ''} ${message}`,
      { message, ...(position ? { position } : {}) },
    ]),
  );
  const files = [...new Set(problems.map(({ position }) => position?.file))];
  return [...byText.values()].toSorted(
    ({ position: a }, { position: b }) =>
      files.indexOf(a?.file) - files.indexOf(b?.file) ||
      (a?.line ?? 0) - (b?.line ?? 0) ||
      (a?.column ?? 0) - (b?.column ?? 0),
  );
}
