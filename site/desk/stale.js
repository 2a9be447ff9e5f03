// What a page shows may have changed since it was loaded: then it is shown anew, and says why.

import { Refused } from "/api.js";
import { sentence } from "/texts.js";

// Do a deed and show the page anew by `refresh`, with the words that `done` makes of what the deed
// returned; or with those of `stale`, where one of its refusals was the answer.
export async function carryOut(deed, done, stale, refresh) {
  let answer = null;
  const deedNoted = async () => {
    answer = await deed();
  };
  if (await unlessStale(deedNoted, stale, (text) => refresh(text, true))) {
    await refresh(done(answer));
  }
}

// Do a deed. A refusal that has words here means that the page is stale: `refresh` shows what is so
// now, and gets the words. Return whether the deed was done.
export async function unlessStale(deed, words, refresh) {
  try {
    await deed();
    return true;
  } catch (problem) {
    if (!(problem instanceof Refused) || !(problem.code in words)) {
      throw problem;
    }
    await refresh(sentence(problem, words));
    return false;
  }
}
