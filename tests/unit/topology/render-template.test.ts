import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderTemplate } from '../../../harness/topology/render-template.ts';

test('places of the rendered text are places of the template', () => {
  const { text, missing, placeOf } = renderTemplate(`a \${X}b\nc\${Y}d\ne`, { X: '1\n2\n3', Y: '' });
  expect(text).toBe('a 1\n2\n3b\ncd\ne');
  expect(missing).toEqual([]);
  expect(placeOf(1, 1)).toEqual({ line: 1, column: 1 });
  expect(placeOf(1, 3)).toEqual({ line: 1, column: 3, variable: 'X' });
  expect(placeOf(3, 1)).toEqual({ line: 1, column: 3, variable: 'X' });
  expect(placeOf(3, 2)).toEqual({ line: 1, column: 7 });
  expect(placeOf(4, 2)).toEqual({ line: 2, column: 6 });
  expect(placeOf(5, 1)).toEqual({ line: 3, column: 1 });
});

test('a variable without a value stays, and is told', () => {
  const { text, missing } = renderTemplate(`a\n b \${X} \${toString} \${TO_STRING}`, { X: 'x' });
  expect(text).toBe(`a\n b x \${toString} \${TO_STRING}`);
  expect(missing).toEqual([{ name: 'TO_STRING', line: 2, column: 21 }]);
});

test('every character that is not of a variable keeps its place', () => {
  const piece = fc.oneof(
    fc.constantFrom(`\${A}`, `\${B}`, '\n', 'x', ' ', '$', '{'),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.string(), fc.string(), (pieces, A, B) => {
      const template = pieces.join('');
      const { text, placeOf } = renderTemplate(template, { A, B });
      const lines = template.split('\n');
      text.split('\n').forEach((line, row) => {
        for (const [at, character] of line.split('').entries()) {
          const place = placeOf(row + 1, at + 1);
          const found = lines[place.line - 1]!.slice(place.column - 1);
          if (place.variable === undefined) expect(found[0]).toBe(character);
          else expect(found.startsWith(`\${${place.variable}}`)).toBe(true);
        }
      });
    }),
  );
});
