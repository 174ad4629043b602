import type { InputProblem } from '../ground/errors.ts';
import { nearName } from '../ground/near-name.ts';

/** The problem "hadrill has no image of that name", with what was probably meant and what there is. */
export function unknownOwnImage(name: string, known: Iterable<string>): InputProblem {
  const names = [...known].sort();
  const near = nearName(name, names);
  const meant = near === undefined ? '' : `; did you mean hadrill/${near}?`;
  return {
    message: `hadrill has no image hadrill/${name}${meant} (there are: ${names.map((known) => `hadrill/${known}`).join(', ')})`,
  };
}
