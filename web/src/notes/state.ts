// How it stands with what was written here: one calm word for the eye, and now and then one for the ear.

/** The words. */
export type Word =
  | "live"
  | "saving"
  | "saved"
  | "offline — kept in this browser, merges on return"
  | "offline — kept in this page, merges on return"
  | "read only";

/** How long it has to be still before what is kept counts as saved: between two keys nothing blinks. */
const STILL = 400;
/** How long a state has to last until it is said aloud. */
const SAID_AFTER = 1500;

/** The place where it is said. */
export class StateWord {
  private shown: Word | null = null;
  private said: Word = "live";
  private settle: ReturnType<typeof setTimeout> | undefined;
  private speak: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly eye: HTMLElement,
    private readonly ear: HTMLElement,
  ) {}

  /** Shows it; *saved* waits until nobody types. */
  show(word: Word): void {
    clearTimeout(this.settle);
    if (word === "saved" && this.shown === "saving") {
      this.settle = setTimeout(() => this.set(word), STILL);
    } else {
      this.set(word);
    }
  }

  private set(word: Word): void {
    if (word === this.shown) return;
    this.shown = word;
    this.eye.textContent = word;
    this.eye.dataset["state"] = word.split(" ")[0];
    clearTimeout(this.speak);
    // That something is being saved is for the eye alone.
    if (word === "saving" || word === this.said) return;
    this.speak = setTimeout(() => {
      this.said = word;
      this.ear.textContent = `Notes: ${word}`;
    }, SAID_AFTER);
  }
}
