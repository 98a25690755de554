// The page is made of nodes and text: texts of users and of the database are never read as HTML.

export const $ = id => document.getElementById(id);

/** An element; a property of the form `data-x` is an attribute, a child that is a string is text. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child != null));
  return element;
}

/** A cell with its heading, which narrow screens show because a row is a list there. */
export function cell(label, className, ...children) {
  return make('td', { className, 'data-label': label }, ...children);
}

/** Sets text only if it differs, so that a screen reader announces changes only. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A row that says that there are none. */
export function none(columns, text) {
  return make('tr', { className: 'empty' }, make('td', { colSpan: columns }, text));
}

/** Replaces the children unless their data is the same, so that focus and selection stay. */
export function show(element, data, build) {
  const key = JSON.stringify(data);
  if (element.dataset.shown !== key) {
    element.replaceChildren(...build(data));
    element.dataset.shown = key;
  }
}
