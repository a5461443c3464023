import { fetchInvalid } from './api.js';
import { byId, html } from './dom.js';
import { counted } from './format.js';

const button = byId('show-invalid', HTMLButtonElement);
const dialog = byId('invalid', HTMLDialogElement);
const list = byId('invalid-list', HTMLOListElement);

/** Opens the list of refused documents on demand. */
export function startInvalid() {
  button.addEventListener('click', () => {
    void open();
  });
}

/** @param {number} total how many were refused so far */
export function showInvalidCount(total) {
  button.hidden = total === 0;
  button.textContent = `${counted(total, 'invalid document')}`;
}

async function open() {
  const { invalid } = await fetchInvalid();
  list.replaceChildren(
    ...invalid.map(({ receivedAt, bytes, reasons, text }) =>
      html(
        'li',
        {},
        html('p', { class: 'note' }, `${receivedAt}, ${counted(bytes, 'byte')}`),
        html('ul', { class: 'warnings' }, ...reasons.map((reason) => html('li', {}, reason))),
        html('pre', { tabindex: 0 }, text.slice(0, 4000)),
      ),
    ),
  );
  dialog.showModal();
}
