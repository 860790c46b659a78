// What scripts find around them: the caller's time, no chance, no files.
(function (host) {
  'use strict';
  const { apply, construct, defineProperty } = Reflect;
  const method = (holder, name, value) =>
    defineProperty(holder, name, { value, writable: true, enumerable: false, configurable: true });

  method(Math, 'random', () => host.random());

  const NativeDate = Date;
  const prototype = NativeDate.prototype;
  const nativeParse = NativeDate.parse;
  const { UTC } = NativeDate;
  const { exec } = RegExp.prototype;
  const matches = (pattern, text) => apply(exec, pattern, [text]) !== null;
  const ZONED = /(?:z|gmt|utc|ut|[+-]\d\d:?\d\d)\s*(?:\(.*\))?\s*$/i;
  const DATE_ONLY = /^[+-]?\d{4,6}(?:-\d\d){0,2}$/;
  const ISO = /^[+-]?\d{4,6}-\d\d-\d\d[T ]/;
  // The zone of the machine would make the bytes depend on it.
  const parse = (text) => {
    if (matches(DATE_ONLY, text)) return nativeParse(text);
    const isZoned = matches(ZONED, text) && matches(/\d:\d|gmt|utc/i, text);
    return nativeParse(isZoned ? text : text + (matches(ISO, text) ? 'Z' : ' GMT'));
  };
  const made = function Date(year, month) {
    if (new.target === undefined) return apply(prototype.toString, new NativeDate(host.now()), []);
    let time;
    if (arguments.length === 0) time = host.now();
    else if (arguments.length > 1) time = apply(UTC, undefined, arguments);
    else if (year instanceof NativeDate) time = +year;
    else {
      const given = typeof year === 'object' && year !== null ? year.valueOf() : year;
      time = typeof given === 'string' ? parse(given) : +given;
    }
    return construct(NativeDate, [time], new.target);
  };
  defineProperty(made, 'length', { value: 7 });
  defineProperty(made, 'prototype', { value: prototype, writable: false });
  method(made, 'UTC', UTC);
  method(made, 'now', () => host.now());
  method(made, 'parse', (text) => parse(`${text}`));
  method(prototype, 'constructor', made);
  for (const part of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds',
    'Milliseconds']) {
    method(prototype, `get${part}`, prototype[`getUTC${part}`]);
    if (part !== 'Day') method(prototype, `set${part}`, prototype[`setUTC${part}`]);
  }
  const { toUTCString, getUTCFullYear, getTime } = prototype;
  const invalid = 'Invalid Date';
  const written = (write) => ({
    it() {
      return isNaN(apply(getTime, this, [])) ? invalid : write(this);
    },
  }).it;
  const day = (date) => {
    const [name, number, month, year] = toUTCString.call(date).split(' ');
    return `${name.slice(0, 3)} ${month} ${number} ${year}`;
  };
  const clock = (date) => `${toUTCString.call(date).split(' ')[4]} GMT+0000 (Coordinated Universal Time)`;
  method(prototype, 'getTimezoneOffset', { it() { return 0 * apply(getTime, this, []); } }.it);
  method(prototype, 'getYear', { it() { return apply(getUTCFullYear, this, []) - 1900; } }.it);
  method(prototype, 'toDateString', written(day));
  method(prototype, 'toTimeString', written(clock));
  method(prototype, 'toString', written((date) => `${day(date)} ${clock(date)}`));
  method(globalThis, 'Date', made);

  const orThrow = (text, what) => {
    if (text === undefined) throw new DOMException(what, 'InvalidCharacterError');
    return text;
  };
  method(globalThis, 'atob', (text) => orThrow(host.fromBase64(`${text}`), 'no base64'));
  method(globalThis, 'btoa', (text) =>
    orThrow(host.toBase64(`${text}`.toWellFormed()), 'characters beyond Latin-1'));

  const silence = () => {};
  const console = {};
  for (const name of ['debug', 'error', 'info', 'log', 'trace', 'warn']) console[name] = silence;
  method(globalThis, 'console', console);

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text) {
      return host.toUtf8(text === undefined ? '' : `${text}`.toWellFormed());
    }
    encodeInto(text, target) {
      let read = 0;
      let written = 0;
      for (const character of `${text}`) {
        const bytes = this.encode(character);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        read += character.length;
        written += bytes.length;
      }
      return { read, written };
    }
  }
  const LABELS = {
    __proto__: null,
    'utf-8': 'utf-8', utf8: 'utf-8', ascii: 'latin1', 'us-ascii': 'latin1', latin1: 'latin1',
    'iso-8859-1': 'latin1', 'utf-16le': 'utf-16le', 'utf-16': 'utf-16le',
  };
  const viewOf = (bytes) => {
    if (bytes === undefined) return new Uint8Array(0);
    if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
    if (ArrayBuffer.isView(bytes))
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    throw new TypeError('only an ArrayBuffer or a view of one is decoded');
  };
  class TextDecoder {
    #fatal;
    #keepsMark;
    #encoding;
    constructor(label = 'utf-8', options = {}) {
      this.#encoding = LABELS[`${label}`.trim().toLowerCase()];
      if (this.#encoding === undefined) throw new RangeError(`no encoding \`${label}\``);
      this.#fatal = !!options.fatal;
      this.#keepsMark = !!options.ignoreBOM;
    }
    get encoding() { return this.#encoding; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#keepsMark; }
    decode(bytes) {
      const view = viewOf(bytes);
      let text = '';
      if (this.#encoding === 'utf-8') {
        text = host.fromUtf8(Array.from(view), this.#fatal);
        if (text === undefined) throw new TypeError('the bytes are not UTF-8');
      } else if (this.#encoding === 'latin1') {
        for (let i = 0; i < view.length; i++) text += String.fromCharCode(view[i]);
      } else {
        for (let i = 0; i + 1 < view.length; i += 2)
          text += String.fromCharCode(view[i] | (view[i + 1] << 8));
      }
      return !this.#keepsMark && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    }
  }
  method(globalThis, 'TextEncoder', TextEncoder);
  method(globalThis, 'TextDecoder', TextDecoder);
})
