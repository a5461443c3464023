// Uses all of a processor that it can get. Between its turns it hears that its parent is gone.

const TURN_MS = 100;

function turn() {
  for (const end = performance.now() + TURN_MS; performance.now() < end;);
  setImmediate(turn);
}

turn();
