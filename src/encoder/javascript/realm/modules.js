// The files of a package. Each is run once for a message, when it is first required; files that
// require each other see what the other has exported so far. What paths lead to is known before.
(function (builtin, files) {
  'use strict';
  const { apply } = Reflect;
  const { parse } = JSON;
  for (const file of files) {
    const requires = { __proto__: null };
    for (const [path, found] of file.requires) requires[path] = found;
    file.requires = requires;
  }
  const run = (file, module, require) => {
    if (file.json !== undefined) module.exports = parse(file.json);
    else apply(file.make, module.exports, [module.exports, module, require]);
  };
  return (main) => {
    const modules = [main];
    const requireFrom = (file) => (path) => {
      const found = file.requires[`${path}`];
      if (found === undefined) return builtin(path);
      if (typeof found === 'string') throw new Error(found);
      if (modules[found] === undefined) {
        const module = { exports: {} };
        modules[found] = module;
        try {
          run(files[found], module, requireFrom(files[found]));
        } catch (error) {
          modules[found] = undefined;
          throw error;
        }
      }
      return modules[found].exports;
    };
    return requireFrom(files[0]);
  };
})
