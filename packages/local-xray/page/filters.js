import { filterInAddress, putFilter } from './address.js';
import { byId, html, reconcile } from './dom.js';

const form = byId('filters', HTMLFormElement);
const services = /** @type {HTMLSelectElement} */ (form.elements.namedItem('service'));

/** How long typing must pause before the list follows. */
const PAUSE_MS = 200;

/** Shows the filter of the address and tells when it is changed. @param {() => void} onChange */
export function startFilters(onChange) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  const follow = () => {
    putFilter(values());
    onChange();
  };
  form.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(() => form.checkValidity() && follow(), PAUSE_MS);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    follow();
  });
  // The fields are empty only after the event.
  form.addEventListener('reset', () => setTimeout(follow));
  showFilter();
}

/** Fills the form from the address. */
export function showFilter() {
  const filter = filterInAddress();
  const service = filter.get('service');
  if (service) offerServices([service]);
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && field.type === 'checkbox')
      field.checked = filter.has(field.name);
    else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) {
      field.value = filter.get(field.name) ?? '';
    }
  }
}

/** Chooses a service, or no more when it is the chosen one already. @param {string} name */
export function toggleService(name) {
  offerServices([name]);
  services.value = services.value === name ? '' : name;
  form.requestSubmit();
}

/** @returns {string} the chosen service, or '' */
export function chosenService() {
  return services.value;
}

/** @param {readonly string[]} names what can be chosen, beside what is */
export function offerServices(names) {
  const all = [...new Set([...names, services.value])].filter(Boolean).sort();
  reconcile(
    services,
    ['', ...all],
    (name) => name,
    (name) => html('option', { value: name }, name || 'any'),
    () => undefined,
  );
}

function values() {
  /** @type {Record<string, string>} */
  const filter = {};
  for (const [name, value] of new FormData(form)) filter[name] = String(value).trim();
  return filter;
}
