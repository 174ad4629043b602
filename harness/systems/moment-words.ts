import type { TableMoment } from '../journal/dhcp-facts.ts';

/** When something was looked at, for people. */
export const MOMENT_WORDS: Record<TableMoment, string> = {
  before: 'before the fault',
  during: 'before healing',
  after: 'at the end',
};
