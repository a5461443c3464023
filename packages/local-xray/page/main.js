import { choiceInAddress, dropChoice, filterInAddress } from './address.js';
import { fetchServiceMap, fetchTrace, fetchTraces, forgetAll, listen } from './api.js';
import { byId } from './dom.js';
import { showFields } from './fields.js';
import { offerServices, showFilter, startFilters } from './filters.js';
import { counted } from './format.js';
import { showInvalidCount, startInvalid } from './invalid.js';
import { showMapTable } from './map-table.js';
import { showServiceMap, startServiceMap } from './service-map.js';
import { showTraceHead } from './trace-head.js';
import { focusChoice, showChoice, showTraces, startTraceList } from './trace-list.js';
import { focusWaterfall, showWaterfall } from './waterfall.js';

/** @import { Counts } from '../src/counts.ts' */
/** @import { TraceDetail } from '../src/trace-detail.ts' */

const live = byId('live', HTMLElement);
const tracePanel = byId('trace', HTMLElement);

/** @type {TraceDetail | undefined} */
let shownTrace;
/** A trace that is not kept any more does not come again. @type {string | undefined} */
let goneTrace;

const updateAll = oneAtATime(async () => {
  const [traces, map] = await Promise.all([fetchTraces(filterInAddress()), fetchServiceMap(), updateTrace()]);
  byId('empty', HTMLElement).hidden = traces.kept > 0;
  document.body.classList.toggle('is-empty', traces.kept === 0);
  offerServices(map.nodes.filter(({ kind }) => kind !== 'client').map(({ name }) => name));
  showTraces(traces);
  showServiceMap(map);
  showMapTable(map);
});

async function updateTrace() {
  const { trace: id } = choiceInAddress();
  const found = id === null || id === goneTrace ? undefined : await fetchTrace(id);
  if (id !== choiceInAddress().trace) return;
  const isGone = id !== null && !found;
  if (isGone) goneTrace = id;
  // One that is looked at stays on the page although it is no longer kept.
  shownTrace = found ?? (shownTrace?.id === id ? shownTrace : undefined);
  showTraceHead(shownTrace, { isGone });
  showWaterfall(shownTrace, showFields);
  if (!shownTrace) showFields(undefined);
}

/** @param {Counts} counts */
function showCounts({ traces, lost, invalid, segmentPort }) {
  const losses = lost > 0 ? `, ${counted(lost, 'datagram')} lost` : '';
  byId('counts', HTMLElement).textContent = `${counted(traces, 'trace')} kept${losses}`;
  byId('segment-address', HTMLElement).textContent = `${location.hostname}:${segmentPort}`;
  showInvalidCount(invalid);
}

/** Pause before what failed is tried again, in ms. */
const RETRY_MS = 1_000;

/**
 * While a call runs, all further ones are made up for by one after it. A call that fails is repeated.
 *
 * @param {() => Promise<void>} action
 */
function oneAtATime(action) {
  let isRunning = false;
  let isDue = false;
  const run = async () => {
    isDue = true;
    if (isRunning) return;
    isRunning = true;
    while (isDue) {
      isDue = false;
      await action().then(
        () => showConnection(true),
        (/** @type {unknown} */ error) => {
          showConnection(false, String(error));
          setTimeout(run, RETRY_MS);
        },
      );
    }
    isRunning = false;
  };
  return run;
}

/** @param {boolean} isConnected */
function showConnection(isConnected, why = '') {
  live.textContent = isConnected ? 'live' : 'no connection';
  live.title = why;
  live.classList.toggle('off', !isConnected);
}

async function openTrace() {
  showFilter();
  showChoice();
  await updateTrace();
  if (!shownTrace) return;
  focusWaterfall();
  if (tracePanel.getBoundingClientRect().top > innerHeight / 2) tracePanel.scrollIntoView();
}

startFilters(() => void updateAll());
startInvalid();
startServiceMap();
startTraceList();
byId('forget', HTMLButtonElement).addEventListener('click', () => {
  dropChoice();
  void forgetAll();
});
addEventListener('hashchange', () => void openTrace());
tracePanel.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') focusChoice();
});
listen(
  (counts) => {
    showCounts(counts);
    void updateAll();
  },
  (isConnected) => showConnection(isConnected),
);
