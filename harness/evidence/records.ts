import { InputError } from '../ground/errors.ts';

/** Raw records of a trial: file name, unique in the trial, to content. */
export type Records = Readonly<Record<string, Uint8Array>>;

/** @throws InputError when the trial has no such record. */
export function recordOf(records: Records, name: string): Uint8Array {
  const record = records[name];
  if (!record) throw new InputError(`the trial has no record '${name}'`);
  return record;
}
