// No action takes only one click: the operator types the name of its subject.

import { $ } from './dom.js';

/**
 * Asks for the name, and acts once it was typed. The dialog shows a failure, and stays open.
 *
 * @param what title, text, and the name to be typed
 */
export function confirm({ title, text, name }, act) {
  const dialog = $('confirm');
  const input = $('confirm-name');
  const go = $('confirm-go');
  $('confirm-title').textContent = title;
  $('confirm-text').textContent = text;
  $('confirm-expected').textContent = name;
  $('confirm-failure').textContent = '';
  input.value = '';
  go.disabled = true;
  input.oninput = () => { go.disabled = input.value.trim() !== name; };
  $('confirm-cancel').onclick = () => dialog.close();
  dialog.querySelector('form').onsubmit = async event => {
    event.preventDefault();
    if (input.value.trim() !== name) return;
    go.disabled = true;
    try {
      await act();
      dialog.close();
    } catch (failure) {
      $('confirm-failure').textContent = `That did not work: ${failure.message}`;
      go.disabled = false;
    }
  };
  dialog.showModal();
  input.focus();
}
