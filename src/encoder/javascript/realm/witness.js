// Notes what comes with the language, and tells later what a script has put in its place.
(function () {
  'use strict';
  const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const { is } = Object;
  const noted = [];
  const seen = new Set();
  const note = (value) => {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
    if (value === globalThis || seen.has(value)) return;
    seen.add(value);
    const keys = ownKeys(value);
    const found = keys.map((key) => getOwnPropertyDescriptor(value, key));
    noted.push({ value, keys, found });
    note(getPrototypeOf(value));
    for (const { value, get, set } of found) {
      note(value);
      note(get);
      note(set);
    }
  };
  const names = ownKeys(globalThis).filter((name) => typeof name === 'string');
  const values = names.map((name) => globalThis[name]);
  for (const value of values) note(value);
  // Loops over numbers: what the script has changed may be what would be called.
  return {
    names,
    // Which of the names mean something else where these are their values.
    own(found) {
      const own = [];
      for (let i = 0; i < names.length; i++) if (!is(found[i], values[i])) own[own.length] = names[i];
      return own;
    },
    // Whether anything that the names meant is not as it was.
    changed() {
      for (let i = 0; i < noted.length; i++) {
        const { value, keys, found } = noted[i];
        if (ownKeys(value).length !== keys.length) return true;
        for (let k = 0; k < keys.length; k++) {
          const now = getOwnPropertyDescriptor(value, keys[k]);
          if (now === undefined || !is(now.value, found[k].value)) return true;
          if (now.get !== found[k].get || now.set !== found[k].set) return true;
        }
      }
      return false;
    },
  };
})
