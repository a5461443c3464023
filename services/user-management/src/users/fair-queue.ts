/** A queue in which clients take turns: however many items one of them has, each other client comes in between. */
export class FairQueue<T> {
  /** The items of each client, oldest first. The client whose turn it is comes first. */
  private readonly lines = new Map<string, T[]>();
  private count = 0;

  /** Items of all clients. */
  get size(): number {
    return this.count;
  }

  add(client: string, item: T): void {
    const line = this.lines.get(client);
    if (line) line.push(item);
    else this.lines.set(client, [item]);
    this.count += 1;
  }

  /** Takes the oldest item of the client whose turn it is. */
  take(): T | undefined {
    const [next] = this.lines;
    if (!next) return undefined;
    const [client, line] = next;
    this.lines.delete(client);
    if (line.length > 1) this.lines.set(client, line);
    this.count -= 1;
    return line.shift();
  }

  /** Removes an item before its turn. */
  remove(client: string, item: T): void {
    const line = this.lines.get(client);
    const index = line?.indexOf(item) ?? -1;
    if (!line || index < 0) return;
    line.splice(index, 1);
    if (line.length === 0) this.lines.delete(client);
    this.count -= 1;
  }

  /** The client with most items, when it has at least two more than this one: an item of it can make room. */
  longerThan(client: string): string | undefined {
    const [longest] = [...this.lines].toSorted(([, one], [, other]) => other.length - one.length);
    const own = this.lines.get(client)?.length ?? 0;
    return longest && longest[1].length > own + 1 ? longest[0] : undefined;
  }

  /** Removes the newest item of a client. */
  drop(client: string): T | undefined {
    const newest = this.lines.get(client)?.at(-1);
    if (newest !== undefined) this.remove(client, newest);
    return newest;
  }
}
