// Refuses what depends on a locale or a time zone. The engine knows neither and drops such arguments,
// so that the same script would give other bytes than on a platform that has them.
//
// Without an argument, the default locale of the host decides. Changing the case is the one operation
// where that makes no difference but in three languages, and it stays.
(function (host) {
  'use strict';
  const { apply, defineProperty } = Reflect;
  const method = (holder, name, value) =>
    defineProperty(holder, name, { value, writable: true, enumerable: false, configurable: true });
  const refused = (name) => {
    host.locale(name);
    throw new Error(`\`${name}\` depends on a locale`);
  };
  const refusing = (name) => ({ it() { refused(name); } }).it;

  for (const [holder, names] of [
    [Number.prototype, ['toLocaleString']],
    [BigInt.prototype, ['toLocaleString']],
    [Date.prototype, ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']],
    [String.prototype, ['localeCompare']],
  ])
    for (const name of names) method(holder, name, refusing(name));

  for (const name of ['toLocaleLowerCase', 'toLocaleUpperCase']) {
    const native = String.prototype[name];
    method(String.prototype, name, {
      [name](locale) {
        if (locale !== undefined) refused(name);
        return apply(native, this, []);
      },
    }[name]);
  }

  const Intl = {};
  for (const name of ['Collator', 'DateTimeFormat', 'DisplayNames', 'DurationFormat', 'ListFormat',
    'Locale', 'NumberFormat', 'PluralRules', 'RelativeTimeFormat', 'Segmenter'])
    method(Intl, name, function () { refused(`Intl.${name}`); });
  for (const name of ['getCanonicalLocales', 'supportedValuesOf'])
    method(Intl, name, refusing(`Intl.${name}`));
  method(globalThis, 'Intl', Intl);
})
