import { FOLDED_ID } from './folded.ts';
import { LANES_LEFT, LANES_RIGHT, LANES_WIDTH } from './lanes.ts';

/** What a page can do beyond being read: copy, filter, a cursor with its reading. Without it everything is there. */
export const SCRIPT = `
'use strict';
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
for (const part of all('[data-script]')) part.hidden = false;

for (const button of all('button.copy')) button.addEventListener('click', async () => {
  const text = button.parentElement.querySelector('code').textContent;
  try { await navigator.clipboard.writeText(text); button.textContent = 'Copied'; }
  catch { getSelection().selectAllChildren(button.parentElement.querySelector('code')); button.textContent = 'Selected'; }
});

for (const button of all('button.filter')) button.addEventListener('click', () => {
  for (const other of all('button.filter')) other.setAttribute('aria-pressed', String(other === button));
  for (const trial of all('details.trial'))
    trial.hidden = button.dataset.verdict !== 'all' && trial.dataset.verdict !== button.dataset.verdict;
});

const reveal = () => {
  const target = /^#[\\w-]+$/.test(location.hash) && document.querySelector(location.hash);
  const trial = target && target.closest('details.trial');
  if (!trial) return;
  trial.hidden = false;
  trial.open = true;
  trial.scrollIntoView();
  trial.querySelector('summary').focus({ preventScroll: true });
};

const opened = [];
addEventListener('beforeprint', () => {
  for (const one of all('details:not([open])')) { one.open = true; opened.push(one); }
});
addEventListener('afterprint', () => { for (const one of opened.splice(0)) one.open = false; });

const LEFT = ${LANES_LEFT}, RIGHT = ${LANES_RIGHT}, WIDTH = ${LANES_WIDTH};
const readable = () => { for (const svg of all('svg.lanes[data-low]')) {
  const low = Number(svg.dataset.low), high = Number(svg.dataset.high);
  const cursor = svg.querySelector('.cursor');
  const scroll = svg.closest('.scroll');
  const before = scroll.nextElementSibling;
  const reading = before && before.matches('output') ? before : document.createElement('output');
  reading.className = 'small screen';
  reading.textContent = 'Point at the drawing, or use the arrow keys in it, to read a time.';
  scroll.after(reading);
  let at = LEFT;
  const show = () => {
    at = Math.min(RIGHT, Math.max(LEFT, at));
    const ms = low + (at - LEFT) / (RIGHT - LEFT) * (high - low);
    cursor.setAttribute('x1', at); cursor.setAttribute('x2', at); cursor.setAttribute('visibility', 'visible');
    const near = all('.tick', svg).map((tick) => ({ x: Number(tick.getAttribute('x1')), words: tick.textContent }))
      .filter(({ x }) => Math.abs(x - at) < 4).map(({ words }) => words);
    reading.textContent = ms.toFixed(1) + ' ms after the fault' + (near.length > 0 ? ' · ' + near.join(' · ') : '');
  };
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    at = (event.clientX - box.left) / box.width * WIDTH;
    show();
  });
  svg.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    at += step * (event.shiftKey ? 20 : 2);
    show();
  });
} };

const unfold = async () => {
  const folded = document.getElementById('${FOLDED_ID}');
  if (!folded || !('DecompressionStream' in globalThis)) return;
  const bytes = Uint8Array.from(atob(folded.content.textContent), (one) => one.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const pieces = JSON.parse(await new Response(plain).text());
  for (const place of all('[data-folded]')) {
    place.insertAdjacentHTML('afterend', pieces[place.dataset.folded]);
    place.remove();
  }
};
unfold().catch(() => {}).then(() => {
  readable();
  addEventListener('hashchange', reveal);
  reveal();
});
`;
