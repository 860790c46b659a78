// Makes everything that messages share immutable, so that none can leave anything for the next.
//
// The script itself is not shared: `make` is a function around it, called anew for each message, so
// that its variables, functions and caches are new each time. What remains are the objects of the
// language and the global object. The former are frozen as a whole; of the latter the first
// properties are, and later ones are removed by `sweep`, which says whether that worked. Suspects are
// properties that the script may mean to change: `note` tells of a message that tries. Where one cannot
// be watched, this fails, and messages do not share.
(function (require, suspects, note) {
  'use strict';
  const {
    defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys,
  } = Reflect;
  const { freeze } = Object;

  // These are accessors with a store behind them, which freezing does not reach.
  for (const name of ['prepareStackTrace', 'stackTraceLimit'])
    defineProperty(Error, name, { value: undefined, writable: false, enumerable: false, configurable: false });

  const shadow = (it, key, value) =>
    defineProperty(it, key, { value, writable: true, enumerable: true, configurable: true });

  for (const path of suspects) {
    const names = path.split('.');
    const key = names.pop();
    const holder = names.reduce((it, name) => it && it[name], globalThis);
    if (!holder) continue;
    let owner = holder;
    while (owner !== null && getOwnPropertyDescriptor(owner, key) === undefined) owner = getPrototypeOf(owner);
    const found = owner === null ? undefined : getOwnPropertyDescriptor(owner, key);
    if (found && !('value' in found)) throw new TypeError(`${path} is computed`);
    const kept = found && found.value;
    defineProperty(holder, key, {
      get: freeze(() => kept),
      set: freeze({
        set(it) {
          if (this !== holder) shadow(this, key, it);
          else if (it !== kept) note();
        },
      }.set),
      enumerable: owner === holder && found.enumerable,
      configurable: false,
    });
  }

  // An inherited constant cannot be shadowed by assignment, but `error.name = ...` must go on.
  const allowShadowing = (holder) => {
    for (const key of ownKeys(holder)) {
      const found = getOwnPropertyDescriptor(holder, key);
      if (!('value' in found)) continue;
      const { value, enumerable } = found;
      defineProperty(holder, key, {
        get: freeze(() => value),
        set: freeze({
          set(it) {
            if (this === holder) throw new TypeError(`'${String(key)}' is read-only`);
            shadow(this, key, it);
          },
        }.set),
        enumerable,
        configurable: false,
      });
    }
  };
  allowShadowing(Object.prototype);
  for (const name of ownKeys(globalThis)) {
    const prototype = typeof name === 'string' && name.endsWith('Error') && globalThis[name].prototype;
    if (prototype) allowShadowing(prototype);
  }

  // Reachable by syntax alone.
  const roots = [
    function* () {}, async function () {}, async function* () {}, () => {}, class {},
    (function () { return arguments; })(), [][Symbol.iterator](), ''[Symbol.iterator](),
    new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), /a/[Symbol.matchAll]('a'),
    (function* () {})(), (async function* () {})(), /a/, 1n, Symbol.iterator,
  ];
  const pending = [];
  const seen = new Set();
  const push = (value) => {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
    if (value === globalThis || seen.has(value)) return;
    seen.add(value);
    pending.push(value);
  };
  const follow = (value) => {
    push(getPrototypeOf(value));
    for (const key of ownKeys(value)) {
      const found = getOwnPropertyDescriptor(value, key);
      push(found.value);
      push(found.get);
      push(found.set);
    }
  };
  push(require);
  for (const root of roots) push(getPrototypeOf(Object(root)));
  follow(globalThis);
  while (pending.length > 0) {
    const value = pending.pop();
    follow(value);
    freeze(value);
  }

  const known = ownKeys(globalThis);
  const parent = getPrototypeOf(globalThis);
  for (const key of known) {
    const found = getOwnPropertyDescriptor(globalThis, key);
    if ('value' in found) found.writable = false;
    defineProperty(globalThis, key, { ...found, configurable: false });
  }
  const first = new Set(known);
  const count = known.length;
  return () => {
    if (getPrototypeOf(globalThis) !== parent) return false;
    const keys = ownKeys(globalThis);
    if (keys.length === count) return true;
    for (let i = 0; i < keys.length; i++)
      if (!first.has(keys[i]) && !deleteProperty(globalThis, keys[i])) return false;
    return true;
  };
})
