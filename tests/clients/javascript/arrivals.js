// What arrives, in its order, for those who wait for it.

const WAIT_MILLISECONDS = 15_000;

export class Arrivals {
  #waiting = [];
  #arrived = () => {};

  add(arrival) {
    this.#waiting.push(arrival);
    this.#arrived();
  }

  /** The next arrival; fails if none comes in time. */
  async next(what) {
    if (this.#waiting.length === 0) {
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no ${what} came`)), WAIT_MILLISECONDS);
        this.#arrived = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
    return this.#waiting.shift();
  }
}
