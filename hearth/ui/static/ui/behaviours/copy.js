// Copy a link or a code.
import { say } from "./words.js";
import { tell } from "./toasts.js";

export function copy(button) {
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      tell(say("copied"), { seconds: 3 });
    } catch {
      tell(say("copy_failed"), { error: true });
    }
  });
}
