// Notes what comes with the language, and tells later whether a script has changed any of it.
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
  const names = ownKeys(globalThis);
  const values = names.map((name) => globalThis[name]);
  for (const value of values) note(value);
  // Loops over numbers: what the script has changed may be what would be called.
  return () => {
    for (let i = 0; i < names.length; i++) if (!is(globalThis[names[i]], values[i])) return true;
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
  };
})
