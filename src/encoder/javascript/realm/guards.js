// Bounds for what the engine does in one go, without asking whether it may go on.
//
// A loop of a script is counted; a native one over an array of 2^32 holes, or a search of one long
// text in another, is not. Such calls end here, where the work would be beyond any payload.
(function (host) {
  'use strict';
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } =
    Reflect;
  const { isArray } = Array;
  const { hasOwnProperty } = Object.prototype;
  const text = String;
  const max = Math.max;
  const LONGEST_ARRAY = 65536;
  const LONGEST_SUBJECT = 16384;
  const MOST_COMPARISONS = 16777216;

  // Nothing comes back from here: the next count ends the script, which cannot catch that.
  const over = () => {
    host.over();
    for (;;);
  };

  const replace = (holder, name, make) => {
    const descriptor = getOwnPropertyDescriptor(holder, name);
    if (descriptor === undefined) return;
    const native = descriptor.value;
    const guarded = make(native);
    defineProperty(guarded, 'name', { value: native.name });
    defineProperty(guarded, 'length', { value: native.length });
    defineProperty(holder, name, { ...descriptor, value: guarded });
  };

  const typedLength = getOwnPropertyDescriptor(
    getPrototypeOf(Uint8Array.prototype), 'length').get;

  // A length that a getter makes up could be another one at the next look.
  const bounded = (items) => {
    if (isArray(items)) {
      if (items.length > LONGEST_ARRAY) over();
      return;
    }
    for (let holder = Object(items); holder !== null; holder = getPrototypeOf(holder)) {
      const found = getOwnPropertyDescriptor(holder, 'length');
      if (found === undefined) continue;
      if (!apply(hasOwnProperty, found, ['value'])) {
        if (found.get === typedLength) return;
        throw new TypeError('the length of a list is a getter');
      }
      if (found.value !== undefined && typeof found.value !== 'number')
        throw new TypeError('the length of a list is no number');
      if (found.value > LONGEST_ARRAY) over();
      return;
    }
  };

  for (const name of ['join', 'reverse', 'sort', 'copyWithin', 'splice', 'slice', 'shift',
    'unshift', 'fill', 'toLocaleString', 'toSorted', 'toReversed', 'toSpliced', 'with'])
    replace(Array.prototype, name, (native) => ({
      it() {
        bounded(this);
        return apply(native, this, arguments);
      },
    }).it);

  const isSpreadable = (item) => {
    if (item === null || (typeof item !== 'object' && typeof item !== 'function')) return false;
    const spreadable = item[Symbol.isConcatSpreadable];
    return spreadable === undefined ? isArray(item) : !!spreadable;
  };
  const append = (out, at, items, depth) => {
    bounded(items);
    const length = items.length;
    for (let i = 0; i < length; i++) {
      if (i in items) {
        const item = items[i];
        if (depth > 0 && isArray(item)) {
          at = append(out, at, item, depth - 1);
          continue;
        }
        out[at] = item;
      } else if (depth >= 0) {
        continue;
      }
      at++;
    }
    return at;
  };
  const HOLES_STAY = -1;
  replace(Array.prototype, 'concat', () => ({
    it() {
      const out = [];
      let at = 0;
      for (let i = -1; i < arguments.length; i++) {
        const item = i < 0 ? Object(this) : arguments[i];
        if (isSpreadable(item)) at = append(out, at, item, HOLES_STAY);
        else out[at++] = item;
      }
      out.length = at;
      return out;
    },
  }).it);
  replace(Array.prototype, 'flat', () => ({
    it(depth) {
      const out = [];
      append(out, 0, this, depth === undefined ? 1 : max(0, +depth || 0));
      return out;
    },
  }).it);
  const { map } = Array.prototype;
  replace(Array.prototype, 'flatMap', () => ({
    it(callback, thisArg) {
      const out = [];
      append(out, 0, apply(map, this, [callback, thisArg]), 1);
      return out;
    },
  }).it);

  replace(JSON, 'stringify', (native) => ({
    it(value, replacer, space) {
      if (isArray(replacer)) bounded(replacer);
      return native(value, replacer, space);
    },
  }).it);

  const regExp = RegExp;
  for (const name of ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll'])
    replace(String.prototype, name, (native) => ({
      it(search, other) {
        if (this === undefined || this === null || search instanceof regExp)
          return apply(native, this, arguments);
        const subject = text(this);
        if (name === 'split' && search === undefined) return [subject];
        const sought = text(search);
        if (subject.length * sought.length > MOST_COMPARISONS) over();
        return arguments.length > 1
          ? apply(native, subject, [sought, other])
          : apply(native, subject, [sought]);
      },
    }).it);
  for (const name of ['match', 'matchAll', 'replace', 'search', 'split'])
    replace(RegExp.prototype, Symbol[name], (native) => ({
      it(subject, other) {
        subject = text(subject);
        if (subject.length > LONGEST_SUBJECT) over();
        return apply(native, this, [subject, other]);
      },
    }).it);

  for (const [name, adder] of [['Set', 'add'], ['Map', 'set']]) {
    const native = globalThis[name];
    const add = native.prototype[adder];
    const made = function (items) {
      if (new.target === undefined) throw new TypeError(`${name} is called without \`new\``);
      const collection = construct(native, [], new.target);
      if (items !== undefined && items !== null)
        for (const item of items)
          if (adder === 'add') apply(add, collection, [item]);
          else apply(add, collection, [item[0], item[1]]);
      return collection;
    };
    for (const key of ownKeys(native))
      defineProperty(made, key, getOwnPropertyDescriptor(native, key));
    defineProperty(native.prototype, 'constructor', { value: made });
    defineProperty(globalThis, name, { value: made });
  }

  // Helpers that run through an iterator natively; no codec knows them.
  const helpers = globalThis.Iterator && Iterator.prototype;
  for (const name of helpers ? ownKeys(helpers) : [])
    if (typeof name === 'string' && name !== 'constructor') delete helpers[name];

  for (const name of ['Atomics', 'FinalizationRegistry', 'Iterator', 'Proxy', 'SharedArrayBuffer',
    'WeakRef', 'performance', 'queueMicrotask'])
    delete globalThis[name];
})
