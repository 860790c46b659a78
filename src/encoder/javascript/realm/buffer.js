// The part of Node's `Buffer` that payload codecs use. What does not fit throws, as there.
(function (host) {
  'use strict';
  const { defineProperty, setPrototypeOf } = Reflect;
  const LONGEST = 65536;

  const make = (length) => {
    if (!(length >= 0 && length <= LONGEST)) throw new RangeError(`a buffer of ${length} bytes`);
    return setUp(new Uint8Array(length));
  };
  const setUp = (bytes) => {
    setPrototypeOf(bytes, Buffer.prototype);
    return bytes;
  };
  const viewOf = (buffer, offset, length) =>
    setUp(length === undefined
      ? new Uint8Array(buffer, offset)
      : new Uint8Array(buffer, offset, length));

  function Buffer(value, encoding, length) {
    return typeof value === 'number' ? make(value) : Buffer.from(value, encoding, length);
  }
  Buffer.prototype = Object.create(Uint8Array.prototype);
  defineProperty(Buffer.prototype, 'constructor', { value: Buffer, writable: true, configurable: true });
  setPrototypeOf(Buffer, Uint8Array);

  const nameOf = (encoding) => {
    const name = encoding === undefined || encoding === null ? 'utf8' : `${encoding}`.toLowerCase();
    const known = {
      __proto__: null,
      utf8: 'utf8', 'utf-8': 'utf8', hex: 'hex', base64: 'base64', base64url: 'base64url',
      ascii: 'latin1', latin1: 'latin1', binary: 'latin1',
      ucs2: 'utf16le', 'ucs-2': 'utf16le', utf16le: 'utf16le', 'utf-16le': 'utf16le',
    }[name];
    if (known === undefined) throw new TypeError(`Unknown encoding: ${name}`);
    return known;
  };
  const fromHex = (text) => {
    const bytes = [];
    for (let i = 0; i + 1 < text.length; i += 2) {
      const pair = text.slice(i, i + 2);
      if (!/^[0-9a-f]{2}$/i.test(pair)) break;
      bytes.push(parseInt(pair, 16));
    }
    return bytes;
  };
  const latin1 = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  const fromBase64 = (text) => {
    const digits = text.replace(/=[^]*$/, '').replace(/-/g, '+').replace(/_/g, '/')
      .replace(/[^A-Za-z0-9+/]/g, '');
    return latin1(atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits));
  };
  const bytesOf = (text, encoding) => {
    switch (nameOf(encoding)) {
      case 'hex': return fromHex(text);
      case 'base64': case 'base64url': return fromBase64(text);
      case 'latin1': {
        const bytes = [];
        for (let i = 0; i < text.length; i++) bytes.push(text.charCodeAt(i) & 0xff);
        return bytes;
      }
      case 'utf16le': {
        const bytes = [];
        for (let i = 0; i < text.length; i++) {
          const unit = text.charCodeAt(i);
          bytes.push(unit & 0xff, unit >> 8);
        }
        return bytes;
      }
      default: return host.toUtf8(text.toWellFormed());
    }
  };
  const copyOf = (items) => {
    const buffer = make(items.length);
    for (let i = 0; i < items.length; i++) buffer[i] = items[i];
    return buffer;
  };

  const define = (holder, members) => {
    for (const name of Reflect.ownKeys(members))
      defineProperty(holder, name, { value: members[name], writable: true, enumerable: false, configurable: true });
  };

  define(Buffer, {
    poolSize: 8192,
    from(value, encoding, length) {
      if (typeof value === 'string') return copyOf(bytesOf(value, encoding));
      if (value instanceof ArrayBuffer) return viewOf(value, encoding, length);
      if (value !== null && typeof value === 'object') {
        if (value.type === 'Buffer' && Array.isArray(value.data)) return copyOf(value.data);
        if (typeof value.length === 'number') return copyOf(value);
        const primitive = value.valueOf();
        if (primitive !== value) return Buffer.from(primitive, encoding, length);
      }
      throw new TypeError('a buffer is made from a string, an array, a buffer or an ArrayBuffer');
    },
    alloc(length, fill, encoding) {
      const buffer = make(length);
      return fill === undefined ? buffer : buffer.fill(fill, 0, length, encoding);
    },
    allocUnsafe: (length) => make(length),
    allocUnsafeSlow: (length) => make(length),
    isBuffer: (value) => value instanceof Buffer,
    isEncoding(encoding) {
      try {
        return typeof encoding === 'string' && !!nameOf(encoding);
      } catch {
        return false;
      }
    },
    byteLength: (value, encoding) =>
      typeof value === 'string' ? bytesOf(value, encoding).length : value.byteLength,
    concat(list, length) {
      let total = 0;
      for (let i = 0; i < list.length; i++) total += list[i].length;
      const buffer = make(length === undefined ? total : length);
      let at = 0;
      for (let i = 0; i < list.length; i++)
        for (let j = 0; j < list[i].length && at < buffer.length; j++) buffer[at++] = list[i][j];
      return buffer;
    },
    compare(a, b) {
      for (let i = 0; i < a.length && i < b.length; i++)
        if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
      return Math.sign(a.length - b.length);
    },
  });

  const toBase64 = (bytes) => {
    let text = '';
    for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
    return btoa(text);
  };
  const written = (bytes, encoding) => {
    let text = '';
    switch (nameOf(encoding)) {
      case 'hex':
        for (let i = 0; i < bytes.length; i++) text += (bytes[i] < 16 ? '0' : '') + bytes[i].toString(16);
        return text;
      case 'base64': return toBase64(bytes);
      case 'base64url':
        return toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
      case 'latin1': {
        const mask = /^ascii$/i.test(encoding) ? 0x7f : 0xff;
        for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] & mask);
        return text;
      }
      case 'utf16le':
        for (let i = 0; i + 1 < bytes.length; i += 2)
          text += String.fromCharCode(bytes[i] | (bytes[i + 1] << 8));
        return text;
      default: return host.fromUtf8(Array.from(bytes), false);
    }
  };
  const fill = Uint8Array.prototype.fill;
  const indexOf = Uint8Array.prototype.indexOf;

  define(Buffer.prototype, {
    toString(encoding, start = 0, end = this.length) {
      return written(this.subarray(Math.max(0, start), Math.max(0, end)), encoding);
    },
    toLocaleString(encoding, start, end) { return this.toString(encoding, start, end); },
    toJSON() {
      const data = [];
      for (let i = 0; i < this.length; i++) data.push(this[i]);
      return { type: 'Buffer', data };
    },
    equals(other) { return Buffer.compare(this, other) === 0; },
    compare(other) { return Buffer.compare(this, other); },
    slice(start, end) { return this.subarray(start, end); },
    copy(target, at = 0, start = 0, end = this.length) {
      const part = this.subarray(start, end).subarray(0, Math.max(0, target.length - at));
      target.set(part, at);
      return part.length;
    },
    write(text, offset, length, encoding) {
      if (typeof offset === 'string') [encoding, offset, length] = [offset, 0, undefined];
      else if (typeof length === 'string') [encoding, length] = [length, undefined];
      const at = offset === undefined ? 0 : offset;
      const room = Math.min(this.length - at, length === undefined ? Infinity : length);
      const bytes = bytesOf(`${text}`, encoding);
      let i = 0;
      for (; i < bytes.length && i < room; i++) this[at + i] = bytes[i];
      return i;
    },
    fill(value, start, end, encoding) {
      if (typeof value !== 'string') return fill.call(this, value, start, end);
      const bytes = bytesOf(value, typeof start === 'string' ? start : encoding);
      const from = typeof start === 'number' ? start : 0;
      const to = typeof end === 'number' ? end : this.length;
      for (let i = from; i < to; i++) this[i] = bytes.length ? bytes[(i - from) % bytes.length] : 0;
      return this;
    },
    indexOf(value, from, encoding) {
      if (typeof value === 'number') return indexOf.call(this, value & 0xff, from);
      const bytes = typeof value === 'string' ? bytesOf(value, encoding) : value;
      outer: for (let i = from || 0; i + bytes.length <= this.length; i++) {
        for (let j = 0; j < bytes.length; j++) if (this[i + j] !== bytes[j]) continue outer;
        return i;
      }
      return -1;
    },
    includes(value, from, encoding) { return this.indexOf(value, from, encoding) >= 0; },
    swap16() { return swap(this, 2); },
    swap32() { return swap(this, 4); },
    swap64() { return swap(this, 8); },
  });
  const swap = (buffer, width) => {
    if (buffer.length % width) throw new RangeError(`the length is no multiple of ${width}`);
    for (let i = 0; i < buffer.length; i += width) buffer.subarray(i, i + width).reverse();
    return buffer;
  };

  const place = (buffer, offset, width) => {
    if (!Number.isInteger(offset)) throw new RangeError(`The value of "offset" is out of range: ${offset}`);
    if (offset < 0 || offset + width > buffer.length) throw new RangeError('Attempt to access memory outside buffer bounds');
    return new DataView(buffer.buffer, buffer.byteOffset + offset, width);
  };
  const inRange = (value, low, high) => {
    if (value < low || value > high) throw new RangeError(`The value of "value" is out of range: ${value}`);
    return value;
  };
  const both = (kind, name, width, low, high) => {
    for (const [end, isLittle] of width > 1 ? [['LE', true], ['BE', false]] : [['', true]]) {
      const read = { it(offset = 0) { return place(this, offset, width)[`get${kind}`](0, isLittle); } }.it;
      const write = {
        it(value, offset = 0) {
          const target = place(this, offset, width);
          const isBig = typeof low === 'bigint';
          target[`set${kind}`](0, low === undefined ? value : inRange(isBig ? value : +value, low, high), isLittle);
          return offset + width;
        },
      }.it;
      for (const each of [name, name.replace('UI', 'Ui')]) {
        define(Buffer.prototype, { [`read${each}${end}`]: read, [`write${each}${end}`]: write });
      }
    }
  };
  both('Uint8', 'UInt8', 1, 0, 0xff);
  both('Int8', 'Int8', 1, -0x80, 0x7f);
  both('Uint16', 'UInt16', 2, 0, 0xffff);
  both('Int16', 'Int16', 2, -0x8000, 0x7fff);
  both('Uint32', 'UInt32', 4, 0, 0xffffffff);
  both('Int32', 'Int32', 4, -0x80000000, 0x7fffffff);
  both('Float32', 'Float', 4);
  both('Float64', 'Double', 8);
  both('BigUint64', 'BigUInt64', 8, 0n, 0xffffffffffffffffn);
  both('BigInt64', 'BigInt64', 8, -0x8000000000000000n, 0x7fffffffffffffffn);

  const order = (index, width, isLittle) => isLittle ? index : width - 1 - index;
  const MOST = 6;
  for (const [name, isSigned] of [['UInt', false], ['Uint', false], ['Int', true]])
    for (const [end, isLittle] of [['LE', true], ['BE', false]])
      define(Buffer.prototype, {
        [`read${name}${end}`](offset, width) {
          if (!(width >= 1 && width <= MOST)) throw new RangeError('The value of "byteLength" is out of range');
          place(this, offset, width);
          let value = 0;
          for (let i = width - 1; i >= 0; i--) value = value * 256 + this[offset + order(i, width, isLittle)];
          const span = 2 ** (8 * width);
          return isSigned && value >= span / 2 ? value - span : value;
        },
        [`write${name}${end}`](value, offset, width) {
          if (!(width >= 1 && width <= MOST)) throw new RangeError('The value of "byteLength" is out of range');
          place(this, offset, width);
          const span = 2 ** (8 * width);
          let rest = inRange(Math.trunc(+value), isSigned ? -span / 2 : 0, (isSigned ? span / 2 : span) - 1);
          if (rest < 0) rest += span;
          for (let i = 0; i < width; i++) {
            this[offset + order(i, width, isLittle)] = rest % 256;
            rest = Math.floor(rest / 256);
          }
          return offset + width;
        },
      });

  defineProperty(globalThis, 'Buffer', { value: Buffer, writable: true, enumerable: false, configurable: true });
  const modules = {
    __proto__: null,
    buffer: Object.freeze({ Buffer }),
    util: Object.freeze({ TextEncoder, TextDecoder }),
  };
  return (name) => {
    const module = modules[`${name}`.replace(/^node:/, '')];
    if (module === undefined) throw new Error(`there is no module '${name}' here, only 'buffer', 'util' and files of the package that are named by a literal path`);
    return module;
  };
})
