/**
 * The first of a list, and how many more there are: the report of ten thousand trials must not be ten thousand lines.
 * @param more says it of so many: `and 37 more trials had several`.
 */
export function atMost<T>(list: readonly T[], most: number, more: (count: number) => T): T[] {
  // One more line is as short as saying that there is one more.
  if (list.length <= most + 1) return [...list];
  return [...list.slice(0, most), more(list.length - most)];
}
