// Copyright The Walcast authors. Licensed under Apache-2.0.

// Helpers for every part of the page. User input goes to the page as text, never as HTML.

export const find = selector => document.querySelector(selector);

export const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

export const plural = (count, thing) => `${count} ${thing}${count === 1 ? '' : 's'}`;

export const millis = value => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

export function element(tag, className = '', text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A copy of a template's only element. */
export const fromTemplate = selector => find(selector).content.cloneNode(true).firstElementChild;

export function timeOfDay(time) {
  const date = new Date(time);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** "ada", "ada and grace", "ada, grace and 3 others". */
export function names(users, count = users.length) {
  const others = count - users.length;
  const all = others > 0 ? [...users, plural(others, 'other')] : users;
  return all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** Up and down, Home and End move the focus within a list, which is one stop of the Tab key. */
export function moveByArrows(list, selector) {
  list.addEventListener('keydown', event => {
    const all = [...list.querySelectorAll(selector)];
    const here = all.indexOf(document.activeElement?.closest(selector));
    const last = all.length - 1;
    const to = { ArrowUp: here < 0 ? last : here - 1, ArrowDown: here < 0 ? last : here + 1, Home: 0, End: last }[event.key];
    if (to === undefined || !all[to]) return;
    event.preventDefault();
    all[to].focus();
  });
}
