import { InputError } from '../../ground/errors.ts';

/** What keeps a proposal from being made. */
export function cannotPropose(message: string): InputError {
  return new InputError(`no topology can be proposed: ${message}`);
}
