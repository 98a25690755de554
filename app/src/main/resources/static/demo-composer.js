// Copyright The Walcast authors. Licensed under Apache-2.0.

// One person's composer, for new messages and for edits. The other members see that the person is typing.

const TYPING_EVERY = 2_000;

export class Composer {
  #editing = null;
  #kept = '';
  #told = 0;

  /**
   * @param {HTMLFormElement} root
   * @param {object} person
   * @param {(text: string) => Promise<boolean>} person.send whether it worked
   * @param {(message: any, text: string) => Promise<boolean>} person.edit whether it worked
   * @param {() => any} person.lastOwn the person's newest message
   * @param {(typing: boolean) => void} person.typing
   */
  constructor(root, person) {
    this.root = root;
    this.person = person;
    this.draft = root.querySelector('.draft');
    this.bar = root.querySelector('.editing');
    this.submit = root.querySelector('[type=submit]');
    root.addEventListener('submit', event => {
      event.preventDefault();
      this.#submit();
    });
    root.querySelector('.cancel').addEventListener('click', () => this.cancel());
    this.draft.addEventListener('input', () => this.#typed());
    this.draft.addEventListener('keydown', event => {
      if (event.key === 'Escape' && this.#editing) this.cancel();
      if (event.key !== 'ArrowUp' || this.draft.value || !person.lastOwn()) return;
      event.preventDefault();
      this.edit(person.lastOwn());
    });
  }

  edit(message) {
    if (!this.#editing) this.#kept = this.draft.value;
    this.#editing = message;
    this.#show(message.content);
    this.bar.firstElementChild.textContent = `Editing #${message.seq}`;
    this.draft.focus();
  }

  cancel() {
    if (!this.#editing) return;
    this.#editing = null;
    this.#show(this.#kept);
    this.draft.focus();
  }

  /** Clears the field for another conversation. */
  clear() {
    this.#editing = null;
    this.#show('');
  }

  #show(text) {
    this.draft.value = text;
    this.bar.hidden = !this.#editing;
    this.submit.textContent = this.#editing ? 'Save' : 'Send';
  }

  async #submit() {
    const text = this.draft.value.trim();
    const edited = this.#editing;
    if (!text) return;
    this.#editing = null;
    this.#show(edited ? this.#kept : '');
    this.#tell(false);
    const done = !edited ? await this.person.send(text) : text === edited.content || (await this.person.edit(edited, text));
    if (!done && !this.draft.value) this.#show(text);
  }

  #typed() {
    const isTyping = this.draft.value !== '' && !this.#editing;
    if (isTyping && Date.now() - this.#told < TYPING_EVERY) return;
    this.#tell(isTyping);
  }

  #tell(isTyping) {
    if (!isTyping && this.#told === 0) return;
    this.#told = isTyping ? Date.now() : 0;
    this.person.typing(isTyping);
  }
}
