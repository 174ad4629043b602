/** A value from a YAML file for an error message: short, on one line, never the whole of a long text. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return value === '' ? "'' (empty text)" : `'${shorten(value)}'`;
  if (typeof value === 'number') return `${value} (a number)`;
  if (typeof value === 'boolean') return `${value} (true or false)`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty mapping' : `a mapping (${shorten(keys.join(', '))})`;
}

/** On one line, at most 40 characters. */
function shorten(text: string): string {
  const line = text.slice(0, 200).replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 37)}...` : line;
}

/** A piece of a file in a message: at most 80 characters of it. */
export function shortenText(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
